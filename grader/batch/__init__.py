"""Many submissions to one store: coordinator, pools of examiners, the run of an inbox."""
