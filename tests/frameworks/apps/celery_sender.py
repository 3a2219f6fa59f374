"""Sends the tasks of the shop, for tests."""

from __future__ import annotations

import celery_shop  # type: ignore[import-not-found]  # beside this file, which is run as a script

import analytics_mixpanel as analytics

for fails, user in enumerate(["user-1", "user-2"]):
    with analytics.scope(user_id=user, properties={"from": "sender"}, groups={"team": "red"}):
        celery_shop.seen.delay(fails=bool(fails))
for number in range(3):
    celery_shop.alone.delay(number)
