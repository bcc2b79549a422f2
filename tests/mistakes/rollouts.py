"""What the build must say about plans by which operations move to a service: a part of the text and of the remedy."""

from __future__ import annotations

ROLLOUTS: dict[str, tuple[str, str]] = {
    "answered-by-is-gone": ("has no key 'answered_by' any more", "rollout: true in the file"),
    "http-without-section": ("rollout: needs an 'http:' section", "http: {service: …, path: …}"),
    "rollout-of-documents": ("rollout: read answers with no JSON that could be compared", "stays: [read]"),
    "rollout-of-rows": ("rollout: create takes no JSON, and a service answers JSON", "stays: [create]"),
    "rollout-unknown-key": ("rollout has no key 'grup'", "did you mean 'group'?"),
    "rollout-key-is-no-name": ("key: 'Kunden Nr' is not a name", "What names the entity"),
    "rollout-stays-no-list": ("stays must be a list of operations", "stays: […]"),
    "rollout-creates-by-both": ("'both' is not one of legacy, new", "Who gives ids"),
    "rollout-unknown-stage": ("steps: 'dualwriting' is no stage", "steps: [shadow, dualwrite"),
    "rollout-canary-without-share": ("steps: 'canary' is no stage", "canary 10"),
    "rollout-share-beyond-all": ("steps: 'canary 120' is no stage", "canary 50"),
    "rollout-back": ("steps: canary 10 does not go on from canary 50", "steps only go forward"),
    "rollout-judge-always": ("'always' is not one of advise, automatic", "Whether what is seen moves it"),
    "rollout-freeze-no-days": ("freeze: 'christmas' is no day", "freeze: [2026-12-20/2027-01-06]"),
    "rollout-mismatches-no-percent": ("mismatches: must be a percentage", "mismatches: 1%"),
    "rollout-mismatches-none": ("mismatches: 0% can never be shown", "mismatches: 0.1%"),
    "rollout-sure-for-ever": ("sure: nothing is ever seen with 100% certainty", "sure: 99%"),
    "rollout-keys-no-number": ("keys: must be a whole number", "Different entities"),
    "rollout-minutes-nothing": ("minutes: must be a number up to 100000", "minutes: 5"),
    "rollout-share-of-words": ("share: must be a percentage", "share: 1%"),
    "rollout-queue-of-nothing": ("queue: must be a whole number", "more are dropped"),
    "rollout-slow-for-ever": ("slow: must be a number up to 600", "slow: 5"),
    "rollout-retire-soon": ("retire: must be a whole number", "Days without a call"),
    # what the plan needs
    "rollout-nothing-compared": ("steps: nothing is compared before it moves", "begin with 'shadow'"),
    "rollout-without-dualwrite": ("writes, and 'dualwrite' is skipped", "put 'dualwrite' before 'canary'"),
    "rollout-complete-at-once": ("steps: 'complete' without 'live' before it", "put 'live' before"),
    "rollout-complete-without-rampdown": ("steps: 'complete' without 'rampdown' before it", "put 'rampdown' before"),
    "rollout-stays-unknown": ("stays: there is no operation export", "update"),
    "rollout-of-nothing": ("stays: nothing is left that moves", "remove 'rollout'"),
    "rollout-write-not-kept": ("update writes, and nothing keeps its writes", "stays: [update]"),
    "rollout-resolved-by-who-stays": ("is asked by rollouts-resolve.list, which stays at the ERP", "stays: [create]"),
    # one entity has one side
    "rollout-canary-without-key": (
        "'canary' needs a key by which each entity keeps its side",
        "key: the path parameter",
    ),
    "rollout-read-without-key": ("read is about an entity, and no key says which", "stays: [read]"),
    "rollout-key-may-be-absent": ("update: note may be absent", "'required: true' at note"),
}
