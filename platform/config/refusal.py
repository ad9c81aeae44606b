"""What stops a command: one sentence in Chinese, the same in English, exit code 2."""

REFUSED = 2


class Refusal(Exception):
    """The command cannot go on; nothing was changed."""

    def __init__(self, chinese: str, english: str) -> None:
        super().__init__(f"{chinese}\n{english}")
