"""What is said when a variable is missing or wrong."""


class EnvironmentProblem(Exception):
    """A variable is missing or wrong; the sentence names it and says what to do."""

    def __init__(self, variable: str, chinese: str, english: str) -> None:
        self.variable = variable
        super().__init__(f"{variable}：{chinese}\n{variable}: {english}")
