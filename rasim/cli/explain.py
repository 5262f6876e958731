"""`rasim explain POLICY... --expert NAME`: why allowed or denied, and what would turn it."""

import json
from typing import TYPE_CHECKING, Any

import click

from rasim.cli.policies import options
from rasim.errors import Problem, ScenarioError, Where

if TYPE_CHECKING:
    from rasim.policy import Membership


@click.command()
@click.argument("policies", nargs=-1, required=True, metavar="POLICY...", type=click.Path())
@click.option("--expert", required=True, metavar="NAME", help="The expert's account, DOMAIN\\name.")
@click.option(
    "--capability",
    type=click.Choice(["offer", "view", "control"]),
    help="What is asked about; without it the offer, and in text control too.",
)
@click.option(
    "--groups", metavar="FILE", type=click.Path(), help="Who is in which group: YAML or JSON, group: [members]."
)
@click.option(
    "--member-of", "member_of", multiple=True, metavar="GROUP", help="A group that the expert is in; repeatable."
)
@click.option("--os", "system", metavar="NAME", help="The operating system; also asks its firewall.")
@click.option("--from", "address", metavar="ADDRESS", help="The expert's IPv4 address, for exceptions with a scope.")
@options
@click.option("--expect", type=click.Choice(["allow", "deny"]), help="Exit with 1 if the answer is the other one.")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_context
def explain(  # noqa: PLR0913, PLR0917  (one parameter an option)
    ctx: click.Context,
    policies: tuple[str, ...],
    expert: str,
    capability: Any,
    groups: str | None,
    member_of: tuple[str, ...],
    system: str | None,
    address: str | None,
    links: str | None,
    at: str | None,
    adml: tuple[str, ...],
    expect: str | None,
    form: str,
) -> None:
    """Say why an expert may or may not, down to the value in the file.

    POLICY files and folders are applied in the order given, lowest precedence first, or by their links. Exit code:
    0 answered, 1 not as expected, 2 a file or a name cannot be read, 3 unclear.
    """
    from rasim.cli.policies import policy_of
    from rasim.report.explain import as_json, as_text
    from rasim.report.explain import explain as why

    policy = policy_of(policies, links, at, adml)
    members = _membership(groups, expert, member_of)
    asked: tuple[Any, ...] = (capability,) if capability else ("offer", "control") if form == "text" else ("offer",)
    answers = [why(policy, expert, each, members, os=system, address=address) for each in asked]
    if form == "json":
        click.echo(json.dumps(as_json(answers[0]), indent=2))
    else:
        click.echo(as_text(answers))
    ctx.exit(int(answers[0].exit_code(expect)))


def _membership(path: str | None, expert: str, member_of: tuple[str, ...]) -> "Membership":
    """Return who is in which group: what the file tells, and the groups that the expert is said to be in."""
    from rasim.cli.policies import read_file
    from rasim.policy import Membership

    told: dict[str, list[str]] = {} if path is None else read_groups(read_file(path), path)
    for group in member_of:
        told.setdefault(group, []).append(expert)
    return Membership.of(told)


def read_groups(data: bytes, path: str) -> dict[str, list[str]]:
    """Return groups with their members as a file tells them; every name stays a text.

    Raises:
        ScenarioError: no UTF-8, no YAML, or another shape than group: [members]; with line and column.

    """
    import yaml

    root = _root(data, path)
    groups: dict[str, list[str]] = {}
    if not isinstance(root, yaml.MappingNode):
        raise _wrong(path, 1, 1, "groups are written as `DOMAIN\\group: [DOMAIN\\member, ...]`")
    for key, value in root.value:
        members = value.value if isinstance(value, yaml.SequenceNode) else None
        if not isinstance(key, yaml.ScalarNode) or members is None:
            raise _wrong(
                path, key.start_mark.line + 1, key.start_mark.column + 1, "a group and the list of its members"
            )
        for member in members:
            if not isinstance(member, yaml.ScalarNode):
                raise _wrong(path, member.start_mark.line + 1, member.start_mark.column + 1, "a member is an account")
        if key.value in groups:
            raise _wrong(path, key.start_mark.line + 1, key.start_mark.column + 1, f"{key.value} stands twice")
        groups[key.value] = [member.value for member in members]
    return groups


def _root(data: bytes, path: str) -> Any:
    import yaml

    try:
        # JSON is YAML. The nodes are read, not the values: `no` is a name like any other.
        return yaml.compose(data.decode("utf-8-sig"), Loader=yaml.SafeLoader)
    except UnicodeDecodeError:
        raise _wrong(path, 1, 1, "groups are UTF-8 text, and this is not") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise _wrong(path, line, column, f"not YAML: {error.problem or error.context}") from None
    except (yaml.YAMLError, RecursionError):
        raise _wrong(path, 1, 1, "not YAML") from None


def _wrong(path: str, line: int, column: int, message: str) -> ScenarioError:
    return ScenarioError((Problem(Where(path, line=line, column=column), message),))
