"""The composer: the embedded writer of replies. `compose(case)` returns the four steps."""

from app.drafts.composer.compose import compose, left_undone, macro_in_use
from app.drafts.composer.frames import COMPOSER_SLOTS, bank_frame

__all__ = ["COMPOSER_SLOTS", "bank_frame", "compose", "left_undone", "macro_in_use"]
