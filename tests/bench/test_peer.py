"""The comparison's command line and what it sends, without the network and without the other side."""

from __future__ import annotations

import json
import sys
from base64 import b64decode
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from bench.charting import body, components
from bench.peer import arguments, queue_list
from bench.peer_site import PACKAGES, environment, insert, installation
from bench.site import Load, token


def test_a_hundred_thousand_tickets_are_usual() -> None:
    assert arguments().parse_args([]).tickets == 100_000
    assert arguments().parse_args(["--tickets", "500"]).tickets == 500


@pytest.mark.parametrize("wrong", ["0", "-5", "many", "1.5"])
def test_a_number_of_tickets_that_is_none_is_refused(wrong: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments().parse_args(["--tickets", wrong])
    assert "tickets" in capsys.readouterr().err


def test_a_queues_list_asks_for_its_open_tickets_only() -> None:
    address = urlsplit(queue_list(7))
    asked = json.loads(b64decode(address.path.rsplit("/", 1)[-1]))
    assert asked["filtering"] == {"queue__id__in": [7], "status__in": [1, 2]}
    assert parse_qs(address.query)["length"] == ["25"]


def test_required_columns_that_nothing_is_said_about_get_an_empty_value_of_their_type() -> None:
    statement = insert("helpdesk_followup", [("title", "text"), ("new_status_flag", "boolean")], 300, 2)
    assert "new_status_flag" in statement
    assert "false" in statement
    assert "generate_series(1, 300)" in statement
    with pytest.raises(KeyError):
        insert("helpdesk_followup", [("shape", "polygon")], 300, 2)


def test_the_other_side_comes_pinned_into_an_environment_of_its_own(tmp_path: Path) -> None:
    assert PACKAGES[0] == "django-helpdesk==2.6.1"
    assert str(tmp_path) in environment(tmp_path)
    command = installation(tmp_path / "bin" / "python")
    assert set(PACKAGES) <= set(command)
    assert sys.executable not in command


def test_tokens_of_both_sides_are_found_in_their_forms() -> None:
    assert token('<input type="hidden" name="csrf_token" value="ours">') == "ours"
    assert token('<input type="hidden" name="csrfmiddlewaretoken" value="theirs">') == "theirs"


def test_components_are_counted_through_the_whole_answer() -> None:
    leaf = {"namespace": "dash_core_components", "type": "Graph", "props": {}}
    tree = {"namespace": "dash_html_components", "type": "Div", "props": {"children": [leaf, {"a": [leaf]}]}}
    assert len(list(components([tree, "text"]))) == 3
    assert json.loads(body("load", "?unit=own"))["inputs"][0]["value"] == "/dashboards/load"


def test_a_line_of_a_load_says_requests_latencies_and_processor() -> None:
    assert Load(48.04, 20.0, 31.5, 12.25).line("leaf").split()[:4] == ["leaf", "48.0/s", "20.0", "31.5"]
