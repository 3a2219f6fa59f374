"""``analytics-mixpanel demo``, run as a command."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys

import requests

COMMAND = [sys.executable, "-c", "from analytics_mixpanel.cli import main; raise SystemExit(main())", "demo"]
ENVIRONMENT = {**os.environ, "COLUMNS": "200"}


def test_it_shows_what_arrived() -> None:
    """Events, user profiles, group profiles and the refused event are printed, and the sum adds up."""
    done = subprocess.run(COMMAND, env=ENVIRONMENT, capture_output=True, text=True, timeout=120, check=True)

    for expected in (
        "Order Completed",
        "Product Purchased",
        "Viewed Pricing",
        "ada@example.com",
        "Acme Ltd.",
    ):
        assert expected in done.stdout
    assert "Clock Went Wrong" in done.stdout
    assert "must not be in the future" in done.stdout
    assert "9 calls accepted = 8 delivered + 1 rejected + 0 dropped + 0 pending" in done.stdout


def test_it_says_how_to_point_an_app_at_it() -> None:
    """The import, the token and the address of the stand-in can be copied."""
    done = subprocess.run(COMMAND, env=ENVIRONMENT, capture_output=True, text=True, timeout=120, check=True)

    assert "import analytics_mixpanel as analytics" in done.stdout
    assert "MIXPANEL_API_HOST=http://127.0.0.1:" in done.stdout


def test_it_serves_until_interrupted() -> None:
    """With ``--serve`` the stand-in takes other apps' events until Ctrl-C, which ends it cleanly."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*COMMAND, "--serve", "--port", str(port)]
    with subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        try:
            while "goes on listening" not in demo.stdout.readline():
                assert demo.poll() is None
            record = {"event": "Elsewhere", "properties": {"token": "t", "distinct_id": "user-9"}}
            answer = requests.post(f"http://127.0.0.1:{port}/track", json=[record], timeout=10)
            assert answer.text == "1"
            assert "POST /track 200: 1 accepted" in demo.stdout.readline()
            demo.send_signal(signal.SIGINT)
            assert demo.wait(timeout=20) == 0
        finally:
            demo.kill()
