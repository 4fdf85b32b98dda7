"""Posts every body of Tests/AdmissionTests/Reviews to a webhook, and compares the patches.

post_reviews.py ADDRESS PORT CA-FILE NAME
"""

import sys

from webhook import Reviews, Webhook


def main(address, port, authority, name):
    reviews = Reviews()
    webhook = Webhook(address, int(port), authority, name)
    problems = [reviews.problem(body, *webhook.review(reviews.bodies[body])) for body in sorted(reviews.bodies)]
    problems = [problem for problem in problems if problem]
    print("\n".join(problems), end="\n" if problems else "")
    print(f"{len(reviews.bodies) - len(problems)} of {len(reviews.bodies)} reviews were answered as they must be")
    return 1 if problems or not reviews.bodies else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
