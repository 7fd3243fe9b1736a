"""The tree of errors."""

import inspect

import pytest

from assistant import errors


def _classes() -> list[type[errors.AssistantError]]:
    return [item for _, item in inspect.getmembers(errors, inspect.isclass) if issubclass(item, errors.AssistantError)]


def test_every_error_is_named_exported_and_drawn() -> None:
    """`__all__` and the drawing in the docstring hold every class."""
    names = {item.__name__ for item in _classes()}
    assert names == set(errors.__all__)
    assert all(name in (errors.__doc__ or "") for name in names)


@pytest.mark.parametrize(
    ("error", "code"),
    [(errors.AssistantError, 1), (errors.UsageError, 2), (errors.CorpusError, 2), (errors.IndexProblem, 3), (errors.ModelError, 4)],
)
def test_exit_codes_follow_the_tree(error: type[errors.AssistantError], code: int) -> None:
    """An error's code is that of the branch it grows on."""
    assert all(
        item.exit_code == code for item in _classes() if issubclass(item, error) and (error is not errors.AssistantError or item is error)
    )


def test_a_message_is_one_line_whatever_it_was_made_of() -> None:
    """Line breaks of a cause are folded; the next step follows the full stop."""
    assert str(errors.NoIndex("there is\nno index.", "Run:\nassistant index")) == "there is no index. Run: assistant index"
