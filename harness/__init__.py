"""Run, record, replay and judge agent teams."""
