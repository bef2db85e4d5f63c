"""Which findings of a message count: there now, and not denied, asked about, over or somebody else's past."""

import pytest

from backtalk.triage.assess import assess


def is_routed(text: str) -> bool:
    return assess(text).is_routed


@pytest.mark.parametrize(
    "text",
    [
        "I had meningitis with a stiff neck and fever back in 2009, now just a stiff neck.",
        "Every winter in 2015 I had a fever and a headache.",
        "I constantly wet myself after the op in 2010, sorted now",
        "Years ago I kept getting numb legs, it went away.",
        "I always had numb legs when I was a teenager, long gone.",
        "I had a fit in 2011 and never again.",
        "I had convulsions when I was four, nothing since.",
        "My blood pressure was 200/120 with a headache in 2016, fine since.",
    ],
)
def test_what_is_told_as_long_past_does_not_count(text):
    assert not is_routed(text)


@pytest.mark.parametrize(
    "text",
    [
        "My legs have been numb since 2019 and it is getting worse every week.",
        "I lost feeling in both legs in 2016 and it has come back.",
        "My legs went numb three weeks ago and still are.",
        "Both my legs are numb, it started 3 years ago, worse every day",
        "I used to get a numb bum now and then, now it is constant",
        "Both legs have been tingling for the last year and now I can't pee",
        "the pins and needles in both my feet and my back pain started last year and are getting worse",
        "My headaches were fine for years, then on Monday the worst one of my life hit in seconds",
        "Sore neck and both hands gone clumsy, I drop things, finished with my old job last year",
    ],
)
def test_what_began_long_ago_and_goes_on_counts(text):
    assert is_routed(text)


@pytest.mark.parametrize(
    "text",
    [
        "my ex could not feel his legs",
        "My dad had a stroke years ago",
        "my mum had a stroke in her sixties, will I get it",
        "My late uncle was incontinent and his back hurt",
        "my aunt had breast cancer years ago and I have a stiff back",
        "My grandad's legs went numb years ago. Mine is just a sore back.",
    ],
)
def test_the_past_of_other_people_does_not_count(text):
    assert not is_routed(text)


@pytest.mark.parametrize(
    "text",
    [
        "my ex can't feel his legs since this morning",
        "My dad had a stroke years ago and now his face is drooping",
        "my husband's had a fit and he is not waking up",
        "mum had breast cancer three years ago and her back hurts at night now",
        "my dad's had a sudden terrible headache since lunch",
        "my dad's had his morphine and now we can't wake him properly",
    ],
)
def test_what_others_have_now_counts(text):
    assert is_routed(text)


@pytest.mark.parametrize(
    "text",
    ["my groin has gone numb", "legs gone weak and numb since lunch", "the feeling in my groin has gone"],
)
def test_gone_numb_is_numb_now(text):
    assert is_routed(text)


@pytest.mark.parametrize(
    "text",
    [
        "My bum was numb for a bit but the numbness has gone",
        "both legs were tingly in the night, the tingling has gone now",
        "both legs felt numb on the bike, fine again now",
    ],
)
def test_numbness_that_has_gone_is_over(text):
    assert not is_routed(text)


@pytest.mark.parametrize(
    "text", ["my legs are numb, the headache has gone", "both legs tingle, the pain has gone"]
)
def test_another_complaint_that_has_gone_takes_nothing_away(text):
    assert is_routed(text)


@pytest.mark.parametrize(
    "text",
    [
        "When I bend, my legs go numb.",
        "When walking, legs go numb and weak.",
        "when standing, both legs give way",
        "R foot: suddenly numb and floppy, back pain for 3 wks",
    ],
)
def test_a_clause_that_opens_with_when_is_told(text):
    assert is_routed(text)


@pytest.mark.parametrize(
    "text",
    [
        "when should I worry about numb legs",
        "When should I call an ambulance for numb legs?",
        "How do I know if numb legs are an emergency?",
        "If my legs ever go numb, what should I do?",
        "should I worry if I ever lose control of my bladder",
        "Should I worry if I get a fever with my next headache?",
    ],
)
def test_what_is_only_asked_about_or_supposed_does_not_count(text):
    assert not is_routed(text)


@pytest.mark.parametrize(
    "text",
    [
        "Should I worry if both my legs are numb since this morning?",
        "Is it normal that both my legs are numb?",
        "both legs numb, normal?",
        "is a headache still normal a week after a spinal tap, worse when I sit up?",
    ],
)
def test_a_question_about_ones_own_sign_counts(text):
    assert is_routed(text)


@pytest.mark.parametrize(
    "text",
    [
        "legs numb but otherwise fine",
        "my groin is numb, the rest is fine",
        "numb in both legs, good appetite",
        "My legs are numb. I feel fine in myself.",
        "numb between the legs, bladder fine",
        "my legs are numb, ok so what should I do",
    ],
)
def test_what_is_said_to_be_fine_must_be_the_finding_itself(text):
    assert is_routed(text)


@pytest.mark.parametrize("text", ["Groin numbness: none. Bladder: fine.", "bladder is normal, legs are fine"])
def test_a_finding_that_is_fine_is_denied(text):
    assert not is_routed(text)


@pytest.mark.parametrize(
    "text",
    [
        "No numbness, well, a bit round my bum.",
        "no bladder leaks. Actually yes, I leaked pee this morning",
        "my back pain is not getting worse but both legs are numb",
        "No chest pain as such, more of a crushing, from my breastbone into my left arm.",
        "No weakness in my legs, well they do tingle, both of them.",
    ],
)
def test_a_denial_that_is_taken_back_denies_nothing(text):
    assert is_routed(text)


def test_not_getting_worse_denies_that_it_gets_worse_and_leaves_the_pain():
    findings = assess("My back hurts, it is not getting worse.").findings
    counted = {one.feature for one in findings if one.counts}
    assert "back_pain" in counted
    assert "getting_worse" not in counted


@pytest.mark.parametrize(
    "text",
    [
        "I was at the gym yesterday and now I am short of breath with sharp pain when I breathe in",
        "I had a nosebleed last week but today I coughed up blood",
        "my usual headache is mild, but this one came on like a thunderclap",
        "My legs are tired after the garden. Both legs went numb this morning.",
        "my knee is swollen from football and my calf on the other leg is hot and red and swollen",
    ],
)
def test_a_harmless_explanation_of_something_else_excuses_nothing(text):
    assert is_routed(text)


def test_a_harmless_explanation_excuses_what_it_is_told_of():
    assert not is_routed("shivering because the office aircon is set to arctic")
