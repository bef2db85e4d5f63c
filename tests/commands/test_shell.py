"""`backtalk shell`, with the conversation piped in."""

import io

import pytest


@pytest.fixture
def shell(backtalk, loaded, monkeypatch):
    """Types the lines into a shell; gives back what it shows after the first prompt of each."""

    def run(*lines: str, options: tuple[str, ...] = ()) -> list[str]:
        monkeypatch.setattr("sys.stdin", io.StringIO("".join(line + "\n" for line in lines)))
        result = backtalk("shell", *options)
        assert (result.code, result.err) == (0, "")
        intro, *shown = result.out.split("\n> ")
        assert "/why /restart /channel web|sms /quit" in intro
        return shown

    return run


def test_a_whole_piped_conversation_runs_in_a_process_of_its_own(process, assistant):
    typed = "what is sciatica\n/why\n/channel sms\nhow do i book an appointment\n/quit\nnever read\n"
    result = process("shell", stdin=typed.encode())
    assert (result.code, result.err) == (0, "")
    assert "\n> what is sciatica\nSciatica is pain" in result.out
    assert "answer: data/topics/condition/sciatica.yml" in result.out
    assert "\n> how do i book an appointment\n(1/2) To book" in result.out
    assert "never read" not in result.out
    assert "\x1b" not in result.out


def test_a_question_is_shown_with_its_answer_and_one_line_of_how_it_was_understood(shell):
    answer, _ = shell("what is sciatica")
    assert answer.startswith("what is sciatica\nSciatica is pain")
    summary = next(line for line in answer.splitlines() if line.startswith("[condition/sciatica "))
    assert summary.endswith(" ms]")


def test_the_conversation_goes_on_from_line_to_line(shell):
    _, second, _ = shell("does massage help", "is that safe?")
    assert "[treatment/massage " in second


def test_why_shows_the_outcome_the_ranking_and_the_file(shell):
    _, why, _ = shell("what is sciatica", "/why")
    assert "outcome: answer, found by: message" in why
    assert "intent: condition_sciatica (" in why
    assert "answer: data/topics/condition/sciatica.yml" in why


def test_why_names_what_was_offered(shell):
    _, why, _ = shell("tablets", "/why")
    assert "outcome: choices" in why
    assert "offered: " in why


def test_why_before_anything_was_said_says_so(shell):
    (why, _) = shell("/why")
    assert "(nothing was said yet)" in why


def test_restart_forgets_what_was_said(shell):
    _, restart, why, follow_up, _ = shell("does massage help", "/restart", "/why", "is that safe?")
    assert "(a new conversation)" in restart
    assert "(nothing was said yet)" in why
    assert "I am not sure what you are asking about" in follow_up


def test_the_channel_changes_to_sms_and_back(shell):
    sms, answer, web, again, _ = shell("/channel sms", "what is sciatica", "/channel web", "what is sciatica")
    assert "shown as sms" in sms
    assert "GSM-7]" in answer
    assert "shown as web" in web
    assert "Sources: " in again


def test_the_shell_starts_on_the_channel_asked_for(shell):
    answer, _ = shell("what is sciatica", options=("--channel", "sms"))
    assert "GSM-7]" in answer


@pytest.mark.parametrize(
    "line", ["/channel wrong", "/channel", "/channel web sms", "/help", "/nonsense", "/"]
)
def test_a_command_it_does_not_know_shows_the_commands(shell, line):
    shown, after, _ = shell(line, "what is sciatica")
    assert "Commands: /why" in shown
    assert "Sources: " in after


@pytest.mark.parametrize("leave", ["/quit", "/exit"])
def test_quit_leaves_without_reading_on(shell, leave):
    shown = shell(leave, "what is sciatica")
    assert [text.strip() for text in shown] == [leave]


def test_the_end_of_the_input_leaves_with_exit_code_0(shell):
    assert [text.strip() for text in shell()] == [""]


def test_an_empty_line_is_answered_as_an_empty_message(shell):
    answer, _ = shell("")
    assert "I could not read that as a question" in answer
