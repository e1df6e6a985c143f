"""What `make test` says at its end: how many tests ran in both of its runs."""

from tests.__main__ import Count, closing_lines, count

REPORT = '<testsuites><testsuite tests="9" failures="2" errors="1" skipped="1"></testsuite></testsuites>'


def test_an_error_around_a_test_is_a_failure_and_a_skipped_one_did_not_pass() -> None:
    assert count(REPORT) == Count(passed=5, failed=3, skipped=1)


def test_the_last_line_is_nothing_but_the_numbers() -> None:
    assert closing_lines(Count(2447, 0, 0), Count(114, 0, 0)) == [
        "2561 passed, 0 failed, 114 of them in the browser",
        "2561 passed, 0 failed",
    ]
    assert closing_lines(Count(5, 3, 1), Count(2, 0, 0))[-1] == "7 passed, 3 failed, 1 skipped"
