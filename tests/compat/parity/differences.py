"""Where the programs may see something else here than under AutoGen 0.7.5, and why.

The numbers are those of the pains in `tests/compat/pains`; a difference without one is a matter of
saying more, or of prose. Whatever is not listed must be the same.
"""

from typing import NamedTuple


class Difference(NamedTuple):
    """A place where a program sees something else here."""

    programs: str
    """The programs' names, with spaces between."""

    paths: str
    """Patterns of paths in what they print, with spaces between; `*` stands for anything."""

    what: str
    why: str
    pain: int | None = None

    def paths_in(self, program: str) -> list[str]:
        """The patterns, if the difference concerns the program."""
        return self.paths.split() if program in self.programs.split() else []


DIFFERENCES = [
    # Errors, cancellation, resuming
    Difference(
        "plain_reply",
        "cancelled_before_it_begins/*",
        "An agent whose token is cancelled already raises CancelledError; there it answers.",
        "A cancelled token stops work everywhere, also before it begins.",
        pain=4,
    ),
    Difference(
        "selector team_errors termination",
        "a_function_that_names_a_stranger/stream* no_candidates/stream* unknown_candidates/stream* "
        "the_first_choice* a_condition_that_fails_on_the_task*",
        "The task is on the stream before the error; there the error is all there is.",
        "A stream is a plain generator: what has happened is shown when it happens.",
        pain=5,
    ),
    Difference(
        "team_errors",
        "running_again_after_a_failure/1/* resetting_after_a_failure/1/* resetting_after_a_failure/1",
        "After an error the next run repeats the failed turn; there it stops after one message.",
        "A failed turn leaves the team as it was before it.",
        pain=3,
    ),
    Difference(
        "team_turns",
        "pausing_after_a_run*",
        "A team can be paused between two runs; there the call never returns.",
        "Pausing holds the team itself, and needs no actor to answer.",
        pain=8,
    ),
    Difference(
        "nested_teams structured_output team_state",
        "*/termination_condition */termination_condition/*",
        "A team's state holds its condition's state too.",
        "A resumed team goes on counting where it stopped. AutoGen ignores the entry.",
        pain=10,
    ),
    Difference(
        "team_state",
        "graph/*/agent_states/GraphManager/type graph/*/agent_states/GraphManager/version "
        "graph/*/agent_states/GraphManager/triggered* graph/*/GraphManager/triggered/*",
        "A graph's state names its type and holds the groups that were triggered.",
        "Without them a loop that is resumed waits for edges that were open already.",
        pain=10,
    ),
    Difference(
        "nested_teams",
        "a_society_asked_twice/state/llm_context*",
        "The state of a SocietyOfMindAgent holds its model context.",
        "It remembers after a restart what it was told before.",
        pain=10,
    ),
    Difference(
        "code_execution",
        "the_executor_itself/5/1",
        "After a timeout the output so far is there.",
        "It often says where the program hung.",
        pain=12,
    ),
    # Termination
    Difference(
        "team_components",
        "a_mention_by_a_source/config/sources",
        "A TextMentionTermination keeps its sources in a configuration.",
        "There the loaded condition listens to everybody.",
        pain=13,
    ),
    Difference(
        "team_components",
        "conditions/2/config/agents_only a_mention_by_a_source/config/agents_only",
        "A TextMentionTermination has an option more, off by default.",
        "It can be told not to look at the task.",
        pain=13,
    ),
    Difference(
        "condition_calls",
        "both/3/text either/3/raised",
        "Every condition that was met raises TerminatedException, with one text.",
        "There `|` raises RuntimeError, and the text of `&` ends with a full stop.",
        pain=14,
    ),
    # Streaming and messages
    Difference(
        "message_kinds nested_teams selector streaming structured_output",
        "*/kind",
        "A streaming chunk says whether it is text or reasoning.",
        "Reasoning need not be told from the answer by its tags.",
        pain=19,
    ),
    Difference(
        "streaming",
        "a_thought_first/5/full_message_id reflection_with_thoughts/*",
        "Chunks of the answer carry the answer's id, and chunks of a thought the ThoughtEvent's.",
        "There all carry the first of the two ids, so that the answer can't be matched.",
        pain=21,
    ),
    Difference(
        "streaming",
        "pieces_of_a_replayed_text/*/content pieces_of_a_replayed_text/*/to_text",
        "The pieces of a replayed text have its white space, so that they add up to it.",
        "There every piece but the last ends with one space.",
        pain=20,
    ),
    Difference(
        "structured_output",
        "the_types_it_declares/3",
        "An agent declares the very StructuredMessage it produces.",
        "A team then knows the type without custom_message_types.",
        pain=22,
    ),
    Difference(
        "structured_output",
        "after_tools_with_a_format/3/*",
        "A reflection is shown by output_content_type_format, as every other answer is.",
        "There the format is lost after tool calls.",
        pain=22,
    ),
    # Tools
    Difference(
        "tool_rounds",
        "the_limit_of_rounds/stream* the_limit_of_rounds_and_reflection/stream*",
        "A ThoughtEvent tells when the limit of more than one round ended the calls.",
        "There nothing tells such an answer from a finished one.",
        pain=24,
    ),
    Difference(
        "tool_calls",
        "arguments_that_are_no_object/*",
        "Arguments that are no JSON object are refused in plain words.",
        "The model reads them; there it reads a text of pydantic's.",
        pain=29,
    ),
    Difference(
        "core_parts",
        "functions_without_annotations",
        "A parameter without annotation takes anything.",
        "There it is a KeyError.",
        pain=29,
    ),
    Difference(
        "agent_components core_parts",
        "*/config/strict",
        "A FunctionTool keeps `strict` in its configuration.",
        "There a strict tool is not strict after loading.",
        pain=25,
    ),
    Difference(
        "agent_components core_parts",
        "functions_dumped_again* a_tool_dumped_again*",
        "A FunctionTool that was loaded can be dumped again.",
        "There its source code can't be found any more.",
        pain=40,
    ),
    # Orchestration
    Difference(
        "selector",
        "nobody_at_all/stream/* the_same_again_to_the_end/stream/*",
        "When the model names nobody, the first candidate speaks; there the previous speaker.",
        "Who may not repeat does not, also then.",
        pain=30,
    ),
    Difference(
        "selector",
        "a_function/asked/0/0/content",
        "A speaker chosen by selector_func counts as the previous speaker.",
        "There the model may choose it once more at once.",
        pain=30,
    ),
    Difference(
        "selector",
        "an_answer_of_tools/*",
        "An answer of tool calls names nobody, and the model is asked again.",
        "There it is an AssertionError.",
        pain=30,
    ),
    Difference(
        "selector",
        "kinds_of_messages_in_the_history",
        "A picture is `[Image]` in the history that the model reads.",
        "There it is the address of an object.",
        pain=30,
    ),
    Difference(
        "nested_teams",
        "a_lone_team_twice/* a_lone_team_twice",
        "A team that has nothing new to hear goes on where it stopped; there it is an error.",
        "An empty buffer is no empty task list.",
        pain=34,
    ),
    Difference(
        "nested_teams",
        "a_society/context/* a_society_asked_twice/context/* a_society_reset/context/*",
        "A SocietyOfMindAgent remembers its own answers.",
        "There it knows only what others said.",
        pain=34,
    ),
    Difference(
        "magentic_one",
        "a_ledger_that_lacks_answers/* a_ledger_that_names_a_stranger/*",
        "A ledger that lacks an answer, or names a stranger, is sent back to the model.",
        "There it ends the run.",
        pain=35,
    ),
    Difference(
        "graph_rules",
        "validity/unknown_target/*",
        "An edge to a node that does not exist is a ValueError that names it; there a KeyError.",
        "It is a mistake in the graph, as the others are.",
        pain=32,
    ),
    # Memory, cost, configurations
    Difference(
        "memory",
        "for_a_model_of_one_system_message/*",
        "What memories say stands with the system message where a model takes only one.",
        "There the model refuses the request.",
        pain=38,
    ),
    Difference(
        "code_execution",
        "*/models_usage */models_usage/*",
        "Code generation tells its usage.",
        "There it counts for no TokenUsageTermination, and nobody sees its cost.",
        pain=39,
    ),
    Difference(
        "team_components",
        "a_selector_by_function*",
        "A team with a function can't be dumped; there the function is left out in silence.",
        "What is loaded would be another team.",
        pain=40,
    ),
    Difference(
        "team_components",
        "one_limit_of_tokens/1/*",
        "A TokenUsageTermination of one limit can be loaded again.",
        "There its own dump does not fit it.",
        pain=40,
    ),
    Difference(
        "agent_components core_parts nested_teams people team_components",
        "*/tool_overrides",
        "A workbench without overrides is dumped without them; there with none.",
        "A dump holds what was given; loaded it is the same in both.",
    ),
    Difference(
        "core_parts nested_teams",
        "components_of_contexts/4/0/config/tool_schema the_component_of_a_society/config/model_context/*",
        "An option that was not given is left out of a dump; there its default is written.",
        "A dump holds what was given; loaded it is the same in both.",
    ),
    # Core
    Difference(
        "runtime",
        "sending/2/raised",
        "A message to nobody raises UndeliverableException, with the text that Exception has there.",
        "It can be caught.",
        pain=5,
    ),
    Difference(
        "runtime",
        "handlers_that_are_refused/2",
        "A handler may take a plain str; there the agent can't be registered.",
        "The runtime hands over the object itself, so that it need not be serializable.",
    ),
    Difference(
        "log_events",
        "messages_of_a_runtime/8/3/receiver",
        "The event of a published message's delivery names its receiver; there it is null.",
        "With several receivers the events can be told apart.",
    ),
    # Texts that say more than upstream's, which they begin with or stand for
    Difference(
        "agent_components construction graph_rules magentic_one message_kinds people team_state "
        "team_turns",
        "refusals/1/text handoffs/1/text handoffs/2/text handoffs/3/text "
        "a_ledger_that_never_comes/text no_task/text the_factory/odd_type/text "
        "handed_to_a_person/1/text a_person_who_fails/2/text asked_outside_a_request/text "
        "states_that_do_not_fit/0/text states_that_do_not_fit/1/text refused_teams/1/text",
        "A message says which thing is wrong, or says it once, or names the right function.",
        "Errors say where and what.",
    ),
    Difference(
        "team_state",
        "states_that_do_not_fit/2/*",
        "A malformed state is pydantic's ValidationError, a ValueError, that says where.",
        "There the text tells of an old release.",
    ),
    Difference(
        "team_turns",
        "refused_tasks/3/text",
        "A tuple is taken as a list of messages, so that its contents are looked at.",
        "The parameter is declared as a sequence.",
    ),
]
