"""Graph flow: who speaks after whom is drawn as a graph."""

from agentchat.agents import AssistantAgent
from agentchat.conditions import MaxMessageTermination
from agentchat.teams import DiGraphBuilder, GraphFlow
from harness import (
    Run,
    all_of,
    any_of,
    asked_model,
    contains,
    last_message,
    model_saw,
    no_errors,
    not_,
    said,
    scenario,
    speakers,
    stopped,
    within,
)

DRAFT = contains("Bees was")
GRAMMAR = "Write 'Bees were', and 'their' instead of 'there'."
STYLE = "Begin with the flowers, they are what the reader sees."


@scenario(
    task="Write one sentence about bees and flowers.",
    expect=[
        any_of(
            speakers("user", "writer", "grammar_editor", "style_editor", "final_reviewer"),
            speakers("user", "writer", "style_editor", "grammar_editor", "final_reviewer"),
        ),
        model_saw(DRAFT, by="grammar_editor"),
        model_saw(DRAFT, by="style_editor"),
        not_(model_saw(GRAMMAR, by="style_editor")),
        all_of(model_saw(GRAMMAR, by="final_reviewer"), model_saw(STYLE, by="final_reviewer")),
        last_message(contains("Flowers had their colours"), by="final_reviewer"),
        stopped(because="Digraph execution is complete"),
        within(turns=4, model_calls=4, tokens=800, usd=0.01),
        no_errors(),
    ],
    tags=["graph", "concurrent"],
)
def edited_by_two(run: Run) -> GraphFlow:
    """Graph flow: two editors work side by side, and a reviewer waits for both.

    Both read the writer's draft, and neither hears the other; either may be done first. The last
    one reads it all.
    """
    client = run.model("gpt-4o")
    writer = AssistantAgent("writer", model_client=client, system_message="You are a writer.")
    grammar = AssistantAgent(
        "grammar_editor", model_client=client, system_message="You correct the grammar."
    )
    style = AssistantAgent(
        "style_editor", model_client=client, system_message="You improve the style."
    )
    final = AssistantAgent(
        "final_reviewer",
        model_client=client,
        system_message="You bring grammar and style corrections together in a final version.",
    )
    builder = DiGraphBuilder()
    builder.add_node(writer).add_node(grammar).add_node(style).add_node(final)
    builder.add_edge(writer, grammar).add_edge(writer, style)
    builder.add_edge(grammar, final).add_edge(style, final)
    return GraphFlow(builder.get_participants(), graph=builder.build())


@scenario(
    task="Name a tea shop by the harbour.",
    expect=[
        speakers("user", "generator", "reviewer", "generator", "reviewer", "printer"),
        said(by="reviewer", text=contains("REVISE")),
        model_saw(contains("REVISE"), by="generator", call=2),
        asked_model(by="generator", times=2),
        said(by="reviewer", text="APPROVE"),
        last_message("THE TEA AND TIDE", by="printer"),
        stopped(because="Digraph execution is complete"),
        within(turns=5, model_calls=5, tokens=800, usd=0.01),
        no_errors(),
    ],
    tags=["graph", "loop"],
)
def revised_until_approved(run: Run) -> GraphFlow:
    """Graph flow: a loop that ends when the reviewer approves.

    Two edges lead away from the reviewer, each with a condition on what the reviewer said: back to
    the generator, or out to the printer. A graph with a loop needs a limit, here of ten messages.
    """
    client = run.model("gpt-4o")
    generator = AssistantAgent(
        "generator", model_client=client, system_message="You invent names. Say one name only."
    )
    reviewer = AssistantAgent(
        "reviewer",
        model_client=client,
        system_message="You review names. Answer APPROVE, or REVISE and why.",
    )
    printer = AssistantAgent(
        "printer", model_client=client, system_message="Say the approved name in capitals."
    )
    builder = DiGraphBuilder()
    builder.add_node(generator).add_node(reviewer).add_node(printer)
    builder.add_edge(generator, reviewer)
    builder.add_edge(reviewer, generator, condition=lambda said: "REVISE" in said.to_model_text())
    builder.add_edge(reviewer, printer, condition=lambda said: "APPROVE" in said.to_model_text())
    builder.set_entry_point(generator)
    return GraphFlow(
        builder.get_participants(),
        graph=builder.build(),
        termination_condition=MaxMessageTermination(10),
    )
