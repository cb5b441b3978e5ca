"""Safety incidents as a class: somebody was hurt, or could have been; and what only sounds like it."""

from __future__ import annotations

import pytest

from app.triage.service import triage
from tests.unit.triage.build import NOW, judge, thread

HURT_DE = """
Meine Nichte hat nach dem ersten Auftragen der Sonnenmilch lauter rote Quaddeln im Gesicht bekommen.
Seit ich Ihr Shampoo benutze, ist meine Kopfhaut knallrot, brennt und pellt sich.
Nach zwei Bissen von dem Riegel sind meinem Mann die Lippen angeschwollen, wir mussten den Notarzt rufen.
Der Griff der Pfanne ist abgegangen und das heiße Öl lief mir über den Fuß, jetzt habe ich lauter Brandblasen.
Beim Auspacken habe ich mir an der scharfen Blechkante die Handfläche aufgeschlitzt.
Als ich den Mixer einstecken wollte, habe ich einen Stromschlag gekriegt.
Der Föhn hat mir beim Einschalten eine gewischt, mein Arm war eine Stunde taub.
Das Auge vom Teddy ging ab und unsere Kleine hat es verschluckt.
Mein Sohn hat sich an dem losen Knopf verschluckt und keine Luft mehr bekommen.
Der Hocker ist unter mir zusammengebrochen, ich habe mir das Steißbein geprellt.
Oma ist mit dem neuen Gehstock weggerutscht und im Bad gestürzt, weil der Gummifuß sich gelöst hat.
Von den Muscheln aus der Dose haben wir alle vier die ganze Nacht gebrochen, der Arzt sagt Lebensmittelvergiftung.
Wegen Ihrer Leiter saß ich gestern fünf Stunden in der Notaufnahme, das Handgelenk ist geschient.
Die Sprosse gab nach und ich bin von der Leiter gefallen.
Meine Powerbank ist nachts auf dem Nachttisch in Flammen aufgegangen.
Aus der Heizdecke kam plötzlich Rauch, wir haben sofort den Stecker gezogen.
Das Netzteil von dem Tablet ist einfach weggeschmolzen, der ganze Tisch hat ein Loch.
Beim Einschalten sprühte die Steckdosenleiste Funken und die Sicherung flog raus.
Heute früh um vier ging der Rauchmelder los, weil die Lichterkette verschmort ist.
Die Backform ist im Ofen explodiert, die Splitter flogen durch die ganze Küche.
Im Babybrei war ein Glassplitter, ich habe ihn gerade noch auf dem Löffel gesehen.
In der als laktosefrei verkauften Schokolade ist laut Rückseite Milchpulver drin, meine Tochter reagiert darauf allergisch.
Von der Rassel hat sich eine kleine Kugel gelöst, mein Baby hatte sie schon im Mund.
Der Gaskocher ist undicht, die ganze Garage riecht nach Gas.
Der Akku vom E-Bike hat sich aufgebläht und das Gehäuse aufgedrückt.
Der Notrufknopf meines Vaters ging nicht, er lag drei Stunden hilflos auf dem Boden.
Mein Bruder hat sich die Finger in dem Klappstuhl gequetscht, zwei davon sind blau.
Das Regal ist von der Wand gekommen und hätte fast meine Tochter erschlagen.
Mein Kleiner hat sich an dem Spielzeugauto die Lippe aufgerissen, da stand ein Draht raus.
Nach dem Deo habe ich unter den Achseln offene Stellen und es brennt wie Feuer.
Das Bügeleisen hat beim Anfassen richtig Strom abgegeben, ich bin zurückgezuckt.
Die Thermoskanne ist beim Eingießen geplatzt und das kochende Wasser ging mir über die Hände.
Nachts hat es im Kinderzimmer verschmort gerochen, das Nachtlicht war ganz schwarz.
Meine Mutter ist vom Badewannenlift gerutscht und liegt jetzt mit Oberschenkelhalsbruch im Krankenhaus.
In der Dose Ravioli war ein Stück Metall.
Unsere Katze hat das Bällchen verschluckt und musste operiert werden.
Der Kindersitz hat sich während der Fahrt gelöst, unsere Tochter flog nach vorne.
Seit dem Tee haben wir beide schlimmen Durchfall und Erbrechen.
Die Leiter ist weggeklappt und ich lag mit dem Rücken auf den Fliesen.
Die Heizdecke hat ein Loch ins Bettlaken gebrannt.
Der Wasserkocher stand plötzlich in Flammen.
Die Steckdose hat geknallt und dann kam eine Stichflamme raus.
Mein Mann hat sich an der Dose den halben Finger abgeschnitten, vier Stiche.
Mein Handy-Akku ist dick geworden und drückt das Display raus.
Der Deckel vom Dampfgarer ging von selbst auf und der Dampf hat mir den ganzen Unterarm verbrüht.
Mein Vater hat nach den Tabletten aus Ihrem Shop Herzrasen bekommen und war beim Notarzt.
Im Kinderzimmer hat das Nachtlicht angefangen zu kokeln.
In meinem Salat war eine tote Maus.
Beim Rasieren mit Ihrem Hobel habe ich mir die Lippe aufgeschnitten.
Der Roller ist bei 20 km/h einfach auseinandergebrochen, mein Sohn hat sich die Knie aufgeschlagen.
Am Rollator meines Vaters greift die linke Bremse nicht, er wäre fast die Rampe hinuntergerollt.
Das Vorderrad vom Kinderwagen blockiert plötzlich, heute mitten auf dem Zebrastreifen, mit Baby drin.
Das Rad vom Buggy blockiert plötzlich. Heute mitten auf dem Zebrastreifen, ein Auto musste bremsen.
Das Gurtschloss vom Kindersitz ist während der Fahrt aufgegangen.
Die Haarfarbe hat mir die Kopfhaut verätzt.
Unser Hund hat nach dem Kauknochen Blut gespuckt.
Das Gitterbett ist in der Nacht zusammengekracht, das Baby lag drin.
Aus der Mikrowelle schlugen Funken.
""".strip().splitlines()

HURT_EN = """
My little boy came out in hives all over his tummy an hour after the first bath with your bubble stuff.
Two days of your eye cream and my eyelids puffed up so much that I could hardly see.
My wife's throat closed up after one of your cookies and the paramedics had to give her a shot.
The pan handle twisted off and boiling oil went all over my wrist, I've got second degree burns.
I sliced my thumb open on the razor edge of the lid, four stitches.
Touched the casing of the lamp and got a proper belt off it, my whole arm was tingling.
The hairdryer zapped me when I switched it on.
The squeaker came out and our toddler swallowed it, we've been in the ER all night.
A bead popped off the bracelet and my granddaughter nearly choked on it.
The chair gave way underneath me and I've cracked a rib.
Mum's walking frame folded up on its own and she went down hard in the hallway.
The whole family has been throwing up since we ate your smoked sausage.
I ended up in A&E because of your step ladder, the lock doesn't hold.
The dog had to be taken to the emergency vet after chewing your non-toxic toy.
The scooter battery burst into flames while it was charging in the hall.
Smoke started pouring out of the air fryer halfway through the chips.
Woke up to the smell of melting plastic, the charger had fused itself to the extension lead.
There were sparks flying out of the plug when I turned the heater on.
Your fairy lights set off the smoke alarm at 3 am, the cable was scorched black.
The glass lid shattered in my hands while I was taking it off the pot.
I bit down on a piece of metal in the granola.
It says dairy free on the front but my son reacted to it straight away and there is milk powder in the small print.
The wheel popped off the toy truck and I had to fish it out of my baby's mouth.
Our kitchen smells of gas since the new hob hose went on, it must be leaking gas.
The power bank has swollen up like a balloon.
The baby gate fell out of the wall and my daughter tumbled down the stairs.
Because the alarm pendant never rang, Dad lay on the kitchen floor for six hours.
The brakes on the pushchair failed and it rolled into the road with my son in it.
The serum burnt my face, it's red raw and I've had to take two days off.
My nephew cut his foot open on a nail sticking out of the sandpit.
I got a nasty shock off the shower unit this morning.
Our baby nearly swallowed a screw that fell out of the high chair.
The pressure cooker lid blew off and hit the ceiling, soup everywhere, I was standing right next to it.
There's a lump of glass in my peanut butter!
After one capsule my heart was racing and I had to call 911.
The e-bike's front fork snapped at 20mph and I went over the handlebars.
Two nights in intensive care thanks to your 'peanut free' brownies.
My gran's bath seat tipped over with her in it.
The extension lead melted into the carpet.
The hoverboard was smoking when we came home.
My dog is at the vet after swallowing a piece of your chew ring.
The ladder slipped and I broke my wrist.
The bunk bed collapsed during the night with both boys asleep in it.
The kettle's base was glowing and there were flames.
The steam mop spat boiling water on my bare feet.
My mother-in-law slipped on your bath mat and hit her head on the tub.
Nail glue took the skin off my fingertips.
The blender blade came loose and cut my palm to the bone.
Found a dead mouse in the salad bag.
The radiator sparked and tripped the whole house.
The cot side dropped and our baby rolled out onto the floor.
My face has been on fire since I used your peel.
He choked on the squeaker and we had to do back blows.
The laptop battery is bulging and the case is splitting.
The brakes on my son's bike do not work at all, he rolled straight into the hedge.
The wheel of the pram locked on the crossing with my baby in it.
The buckle on this car seat came open while I was driving with my two year old in it.
On the motorway the strap of the roof box popped open.
""".strip().splitlines()

HARMLESS_DE = """
Ich habe fast einen Herzinfarkt bekommen, als ich den Preis auf der Rechnung gesehen habe.
Wenn ich noch einmal vertröstet werde, platzt mir der Kragen!
Mein Mann explodiert gleich, wenn der Schrank nicht endlich kommt.
Mir steigt der Rauch aus den Ohren vor Wut, so geht man nicht mit Kunden um.
Ich lag zwei Wochen im Krankenhaus und konnte deshalb nicht rechtzeitig zurückschicken.
Als das Paket kam, war ich gerade beim Arzt, der Nachbar hat es angenommen.
Ich habe Pflaster bestellt und Mullbinden bekommen.
Das Handy sollte brandneu sein, hat aber Kratzer auf dem Display.
Im Set fehlt das Feuerzeug.
Der geräucherte Lachs kam ungekühlt an und ist schon abgelaufen.
Der Rauchmelder, den ich bestellt habe, piept alle zwei Minuten und lässt sich nicht anlernen.
Das Allergiker-Kissen ist viel flacher als auf dem Bild.
Die Kerze hat nur drei Stunden gebrannt statt der versprochenen vierzig.
Der Grill ist verbeult und der Toaster hat die falsche Farbe.
Die Gläser kamen in tausend Scherben im Karton an, sonst ist nichts passiert.
Ich bin krank geworden und möchte die Konzertkarten zurückgeben.
Die Ware hätte laut Tracking schon gestern an DHL übergeben werden müssen.
Mein Sohn liebt Feuerwehr, deshalb ist die falsche Farbe so ärgerlich.
Der Automat hat meinen Gutscheincode verschluckt.
Ist der Kleber giftig oder kann ich ihn im Kinderzimmer benutzen?
Ihre Preise sind ja explodiert, letzte Woche war das noch zehn Euro billiger.
Das hat mich in ganz schöne Unkosten gestürzt, ich will mein Geld.
Die Creme gegen Hautausschlag ist nicht angekommen.
Mir blutet das Herz, die schöne Vase ist hin.
Am Stuhl ist ein Bein gebrochen, so kann ich ihn nicht aufstellen.
Die Naht am Kissen ist offen und müsste genäht werden.
Der Herd glüht nicht mehr auf, die Platte bleibt kalt.
Bei Ihrem Kundenservice kann man sich nur die Finger verbrennen.
Meine Füße sind oft geschwollen, deshalb brauche ich die Schuhe in Weite K.
Ich bin gestürzt und konnte das Paket deshalb nicht abholen.
Die Tochter hat die Tasse fallen lassen, bitte Ersatzhenkel schicken.
Der Kamin raucht? Nein, das Ersatzteil passt einfach nicht.
Meine Geduld ist am Ende, mir qualmt schon der Kopf.
Das Feuerwehrauto hat nur drei Räder.
Ich brauche die Bandage wegen einer alten Verletzung, wann kommt sie?
Die Brandsohle löst sich ab.
Gibt es die Creme auch für Allergiker?
Der Lippenstift ist viel zu rot.
Das Glas der Kerze ist im Paket zerbrochen.
Ihr habt mir das Herz gebrochen mit dem Ausverkauf.
Niemand reagiert darauf, ich schreibe zum dritten Mal.
Mein Kind hat geweint, weil das Geschenk nicht da war.
Die Lampe brennt nicht.
Meine Frau ist schwanger und muss ins Krankenhaus, ich brauche die Milchpumpe bis Freitag.
Der Arzt hat mir das Kissen empfohlen, aber es ist zu hart.
Die Batterien sind leer angekommen.
Die Gitarre kam mit Halsbruch an, der Karton war ohne Füllung.
Ich verbrenne hier nur Geld mit Ihrem Abo.
Der Sturz vom Türrahmen passt nicht zur Zarge.
Mein Arzt braucht die Rechnung für das Blutdruckgerät.
Der Brandmelder fehlt im Lieferumfang.
Das Kind freut sich auf das Feuerwehrauto, wann kommt es?
Die Wunde heilt gut, aber die Pflaster kleben nicht.
Meine Haut ist trocken, hilft die Creme?
Der Rauchgeschmack der Soße ist zu schwach.
Die Bremse am Rad ist gut, nur der Sattel wackelt.
Ich bremse beim Kaufen jetzt nicht mehr, Ihr Shop ist toll.
Ich musste mit dem Auto bremsen, weil Ihr Lieferwagen die Einfahrt blockierte.
Der Rasenmäher bremst nicht so schnell, wie es in der Anleitung steht.
Die Handbremse vom Modellauto funktioniert nicht.
Das Spiel wäre fast vom Tisch runtergefallen.
Ich wäre fast vom Glauben abgefallen.
Die Preise sind hinuntergegangen.
Der Kinderwagen passt mit Baby drin nicht durch die Tür.
""".strip().splitlines()

HARMLESS_EN = """
I almost had a heart attack when I saw the price on the invoice.
I got quite a shock when I opened the bill, you charged me twice.
Your delivery driver burned rubber out of our street before I could sign.
My phone is on fire with your reminder mails, please stop.
I was in hospital when the parcel came, so it went back to you.
I was at the doctor's and could not send it back within the thirty days.
Ordered plasters and got bandages instead.
The phone was sold as brand new and has a scratched screen.
The smoked salmon arrived warm and past its date.
The smoke alarm I ordered chirps every minute and will not pair.
The allergy pillow is half as thick as described.
The candle burns brightly but has no scent at all.
What a shocking service, three weeks and no reply.
I am choking up writing this, it was my late mother's favourite mug.
Three of the six wine glasses were broken in the box, please send new ones.
The lighter is missing from the grill set and the toaster is the wrong colour.
My inbox exploded with your newsletters after one order.
The stitches on the cushion have come undone after a week.
It was a rash decision to order here.
I fell for your advert and now the colour is wrong.
I got sick last week and want to cancel the workshop ticket.
My husband nearly died laughing when he saw the tiny chair.
Your chat is toxic, nobody listens.
I was really hurt by the tone of your last mail.
Is the paint toxic for a baby?
The parcel fell off the back of the van, according to your driver.
My daughter is heartbroken and has been in floods of tears since the doll came broken.
I burned the midnight oil to finish this form and it still fails.
I have sensitive skin and burns heal slowly, does the gel come in a bigger tube?
I fell for your sale and got stung by the postage.
The fire pit came with a dent.
My son cried when the box was empty.
The knife does not cut through a tomato.
My back hurts from waiting at the counter.
The hospital bag I bought for my wife is the wrong colour.
The light bulb burned out after a day.
I broke my ankle in October so I could not return the boots in time.
Is the glue safe for children?
Your website crashed while I was paying.
My doctor recommended this cushion for my back pain but it is too soft.
The plates arrived in pieces, glass all over the box.
You're killing me with these delays.
Can I use the smoker grill for fish?
The swelling shampoo bar is not in the set.
He fell in love with the puzzle but a piece is missing.
This blanket sheds everywhere, hair in my mouth from it lol.
The yarn I dyed with your kit bled all over the white towels in the first wash.
I nearly fell off my chair when I saw the postage.
The burner phone case is cracked.
The ambulance toy has no siren.
My kid broke the arm of the doll, can I get a spare?
The hot sauce is not hot at all.
The rug burns a hole in my wallet and it is the wrong size.
Shocked that nobody answers.
I fell ill and missed the concert, can I have a refund?
The buckle on the belt came open at once, cheap rubbish.
The harness for the dog came loose, wrong size.
I was sick of waiting and drove to the depot.
The wheel of the toy car came off after a day.
The toy train runs at full speed off the road mat.
The treadmill failed at speed 4.
My bike lock jammed and I was late.
I broke the speed record for returning things.
The car had to stop because your parcel lay on the drive.
The harness does not fit my dog, brake lights are not included.
The strap of the bag came undone on the road to the station.
I was sick again and could not pick it up.
The whole family was sick everywhere, so please deliver later.
The seat belt cover came loose while driving, it only looks ugly.
""".strip().splitlines()

HURT = [*HURT_DE, *HURT_EN]
HARMLESS = [*HARMLESS_DE, *HARMLESS_EN]


@pytest.mark.parametrize("text", HURT, ids=[text[:40] for text in HURT])
def test_somebody_was_or_could_have_been_hurt(text: str) -> None:
    """Harm to a body, or what nearly was one, is the first reason to escalate."""
    found = judge(text)
    assert found.escalate
    assert found.reasons[0] == "safety_incident"


@pytest.mark.parametrize("text", HARMLESS, ids=[text[:40] for text in HARMLESS])
def test_words_of_danger_are_no_danger(text: str) -> None:
    """Figures of speech, names of goods and illnesses of one's own are no incident."""
    assert "safety_incident" not in judge(text).reasons


@pytest.mark.parametrize(
    ("told", "newest"),
    [
        ("Meine Tochter hat sich an dem Bügel geschnitten, das hat stark geblutet.", "Wo bleibt denn jetzt mein Geld?"),
        ("Die Lichterkette ist verschmort, der Rauchmelder ging los.", "Ich warte seit zwei Wochen auf Ihre Antwort!"),
        ("The charger caught fire next to my bed.", "Still nothing? I want my refund, it has been ten days."),
        ("My son got an electric shock from the lamp.", "Is anybody reading this?"),
    ],
)
def test_who_asks_again_was_hurt_all_the_same(told: str, newest: str) -> None:
    """What an earlier message told stays the first reason, whatever the newest one is about."""
    found = triage(
        thread(("customer", told), ("agent", "Wir melden uns. / We will be in touch."), ("customer", newest)), now=NOW
    )
    assert found.reasons[0] == "safety_incident"


def test_who_is_content_has_been_helped() -> None:
    """Thanks end it; so does nothing that was ever told."""
    told = ("customer", "Meine Tochter hat sich an dem Bügel geschnitten, das hat stark geblutet.")
    answer = ("agent", "Das tut uns sehr leid, der Ersatz ist unterwegs.")
    thanks = ("customer", "Super, vielen Dank für die schnelle Hilfe, alles bestens!")
    asks = ("customer", "Wo bleibt denn jetzt mein Geld?")
    assert "safety_incident" not in triage(thread(told, answer, thanks), now=NOW).reasons
    assert "safety_incident" not in triage(thread(("customer", "Der Bügel ist krumm."), answer, asks), now=NOW).reasons
