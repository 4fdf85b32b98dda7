"""Reviews without a pause, as an API server sends them, and what becomes of each."""

import threading
import time

from webhook import Webhook


class Load:
    """Clients that each post the bodies in turn, on a connection of their own that is kept.

    Some pause between two reviews, so that their connections are idle when the server would like to close them.
    """

    def __init__(self, reviews, new_webhook, busy=12, idle=4):
        self.reviews = reviews
        self.new_webhook = new_webhook
        self.lock = threading.Lock()
        self.answered = 0
        self.problems = []
        # Set once the pod is no longer an endpoint of the Service: connections that are open go on, new ones go elsewhere.
        self.is_removed = threading.Event()
        self.threads = [threading.Thread(target=self.run, args=(0 if i < busy else 0.7,)) for i in range(busy + idle)]

    def start(self):
        for thread in self.threads:
            thread.start()

    def run(self, pause):
        webhook: Webhook = self.new_webhook()
        names = sorted(self.reviews.bodies)
        turn = 0
        while True:
            webhook.drop_if_closed()
            if not webhook.is_open and self.is_removed.is_set():
                return
            name = names[turn % len(names)]
            turn += 1
            try:
                problem = self.reviews.problem(name, *webhook.review(self.reviews.bodies[name]))
            except Exception as error:  # whatever it is, the review is lost
                problem = f"{name}: {type(error).__name__}: {error}"
                webhook.close()
            with self.lock:
                if problem:
                    self.problems.append(problem)
                else:
                    self.answered += 1
                if len(self.problems) > 100:
                    return
            time.sleep(pause)

    def wait(self, seconds):
        """Waits until each client has lost its connection; answers how many have not."""
        end = time.monotonic() + seconds
        for thread in self.threads:
            thread.join(max(0.1, end - time.monotonic()))
        return sum(thread.is_alive() for thread in self.threads)
