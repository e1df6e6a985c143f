"""python -m benchmarks.guesses PORT LOOPS: sign in with made-up names until a line is read, then say the answers."""

import http.client
import itertools
import json
import re
import sys
import threading
import time
from collections import Counter
from urllib.parse import urlencode


def main(port: int, loops: int) -> None:
    """Print how often each status was answered, as JSON."""
    answers, over = Counter[int](), threading.Event()
    numbers, lock = itertools.count(time.time_ns() // 1000 % 10**9), threading.Lock()
    token = csrf_token(port)

    def loop() -> None:
        while not over.is_set():
            status = guess(port, token, next(numbers))
            with lock:
                answers[status] += 1

    threads = [threading.Thread(target=loop) for _ in range(loops)]
    for thread in threads:
        thread.start()
    sys.stdin.readline()
    over.set()
    for thread in threads:
        thread.join()
    print(json.dumps(answers))


def csrf_token(port: int) -> str:
    """As the page to sign in gives it."""
    caller = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    caller.request("GET", "/login/")
    found = re.search(r"csrftoken=([^;]+)", caller.getresponse().headers["Set-Cookie"])
    caller.close()
    if found is None:
        raise RuntimeError("The page to sign in gave no token.")
    return found[1]


def guess(port: int, token: str, number: int) -> int:
    """A name and an address that were not used before; returns the status of the answer."""
    caller = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    name = f"{number}@example.com"
    form = {"username": name, "password": "a-wrong-password", "csrfmiddlewaretoken": token}
    sent = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"csrftoken={token}",
        "X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
    }
    caller.request("POST", "/login/", urlencode(form), sent)
    response = caller.getresponse()
    response.read()
    caller.close()
    return response.status


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
