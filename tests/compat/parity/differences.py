"""Where the programs may see something else here than under AutoGen 0.7.5, and why.

The numbers are those of the pains in `tests/compat/pains`; a difference without one is a small
matter of its own. Whatever is not listed must be the same.
"""

from typing import NamedTuple


class Difference(NamedTuple):
    """Places where the programs see something else here."""

    what: str
    why: str
    paths: tuple[str, ...]
    """Patterns of `program/path/in/what/it/prints`; `*` stands for anything."""

    pain: int | None = None


DIFFERENCES = [
    # Errors, cancellation, resuming
    Difference(
        what="An agent whose token is cancelled already raises CancelledError; there it answers.",
        why="A cancelled token stops work everywhere, also before it begins.",
        pain=4,
        paths=("plain_reply/cancelled_before_it_begins/*",),
    ),
    Difference(
        what="The task is on the stream before the error; there the error is all there is.",
        why="A stream is a plain generator: what has happened is shown when it happens.",
        paths=(
            "selector/a_function_that_names_a_stranger/stream*",
            "selector/no_candidates/stream*",
            "selector/unknown_candidates/stream*",
            "team_errors/the_first_choice*",
        ),
    ),
    Difference(
        what="After an error the next run repeats the failed turn; there it soon stops.",
        why="A failed turn leaves the team as it was before it.",
        pain=3,
        paths=(
            "team_errors/running_again_after_a_failure/1/*",
            "team_errors/resetting_after_a_failure/1/*",
        ),
    ),
    Difference(
        what="Of an agent that answers twice in a turn the last answer is shown; there both are.",
        why="The answer is shown when the turn counts, so that whoever sees it may save the team.",
        pain=10,
        paths=("team_errors/two_answers/*",),
    ),
    Difference(
        what="A team can be paused between two runs; there the call never returns.",
        why="Pausing holds the team itself, and needs no actor to answer.",
        pain=8,
        paths=("team_turns/pausing_after_a_run*",),
    ),
    Difference(
        what="A team's state holds its condition's state too.",
        why="A resumed team goes on counting where it stopped. AutoGen ignores the entry.",
        pain=10,
        paths=(
            "nested_teams/*/termination_condition",
            "structured_output/*/termination_condition/*",
            "team_state/*/termination_condition",
            "team_state/*/termination_condition/*",
            "agents_further/state_records/TeamState/termination_condition",
            "team_state_further/*/termination_condition",
            "team_state_further/*/termination_condition/*",
        ),
    ),
    Difference(
        what="A graph's state names its type and holds the groups that were triggered.",
        why="Without them a loop that is resumed waits for edges that were open already.",
        pain=10,
        paths=(
            "team_state/*/graph/*/agent_states/GraphManager/type",
            "team_state/*/graph/*/agent_states/GraphManager/version",
            "team_state/*/graph/*/agent_states/GraphManager/triggered*",
            "team_state/*/graph/*/GraphManager/triggered/*",
            "team_state_further/graph_with_a_loop/*/GraphManager/type",
            "team_state_further/graph_with_a_loop/*/GraphManager/version",
            "team_state_further/graph_with_a_loop/*/GraphManager/triggered/*",
            "team_state_further/graph_with_a_loop/*/GraphManager/remaining/writer/writer",
            "team_state_further/graph_with_a_loop/going_on/2/stop_reason",
        ),
    ),
    Difference(
        what="The state of a SocietyOfMindAgent holds its model context.",
        why="It remembers after a restart what it was told before.",
        pain=10,
        paths=(
            "nested_teams/a_society_asked_twice/state/llm_context*",
            "team_state_further/with_a_society/*/society/agent_state/llm_context/*",
            "team_state_further/with_a_society/*/models_usage/prompt_tokens",
        ),
    ),
    Difference(
        what="After a timeout the output so far is there.",
        why="It often says where the program hung.",
        pain=12,
        paths=("code_execution/the_executor_itself/5/1",),
    ),
    # Termination
    Difference(
        what="A TextMentionTermination keeps its sources in a configuration.",
        why="There the loaded condition listens to everybody.",
        pain=13,
        paths=("team_components/a_mention_by_a_source/config/sources/*",),
    ),
    Difference(
        what="A TextMentionTermination has an option more, off by default.",
        why="It can be told not to look at the task.",
        pain=13,
        paths=(
            "team_components/conditions/2/config/agents_only",
            "team_components/a_mention_by_a_source/config/agents_only",
        ),
    ),
    Difference(
        what="Every condition that was met raises TerminatedException, with one text.",
        why="There `|` raises RuntimeError, and the text of `&` ends with a full stop.",
        pain=14,
        paths=(
            "condition_calls/both/3/text",
            "condition_calls/either/3/raised",
        ),
    ),
    # Streaming and messages
    Difference(
        what="A streaming chunk says whether it is text or reasoning.",
        why="Reasoning need not be told from the answer by its tags.",
        pain=19,
        paths=(
            "message_kinds/*/kind",
            "nested_teams/*/kind",
            "selector/*/kind",
            "streaming/*/kind",
            "structured_output/*/kind",
        ),
    ),
    Difference(
        what="Chunks of an answer carry its id, and chunks of a thought the ThoughtEvent's.",
        why="There all carry the first of the two ids, so that the answer can't be matched.",
        pain=21,
        paths=(
            "streaming/a_thought_first/5/full_message_id",
            "streaming/reflection_with_thoughts/*",
        ),
    ),
    Difference(
        what="The pieces of a replayed text have its white space, so that they add up to it.",
        why="There every piece but the last ends with one space.",
        paths=(
            "streaming/pieces_of_a_replayed_text/*/content",
            "streaming/pieces_of_a_replayed_text/*/to_text",
        ),
    ),
    Difference(
        what="An agent declares the very StructuredMessage it produces.",
        why="A team then knows the type without custom_message_types.",
        pain=22,
        paths=("structured_output/the_types_it_declares/3",),
    ),
    Difference(
        what="A reflection is shown by output_content_type_format, as every other answer is.",
        why="There the format is lost after tool calls.",
        paths=("structured_output/after_tools_with_a_format/3/*",),
    ),
    # Tools
    Difference(
        what="A ThoughtEvent tells when the limit of more than one round ended the calls.",
        why="There nothing tells such an answer from a finished one.",
        pain=24,
        paths=(
            "tool_rounds/the_limit_of_rounds/stream*",
            "tool_rounds/the_limit_of_rounds_and_reflection/stream*",
        ),
    ),
    Difference(
        what="Arguments that are no JSON object are refused in plain words.",
        why="The model reads them; there it reads a text of pydantic's.",
        pain=29,
        paths=("tool_calls/arguments_that_are_no_object/*",),
    ),
    Difference(
        what="A parameter without annotation takes anything.",
        why="There it is a KeyError.",
        pain=29,
        paths=("core_parts/functions_without_annotations",),
    ),
    Difference(
        what="A FunctionTool keeps `strict` in its configuration.",
        why="There a strict tool is not strict after loading.",
        pain=25,
        paths=(
            "agent_components/*/config/strict",
            "core_parts/*/config/strict",
        ),
    ),
    Difference(
        what="A FunctionTool that was loaded can be dumped again.",
        why="There its source code can't be found any more.",
        pain=40,
        paths=(
            "agent_components/functions_dumped_again*",
            "core_parts/a_tool_dumped_again*",
        ),
    ),
    # Orchestration
    Difference(
        what="When the model names nobody, the first candidate speaks; there the previous speaker.",
        why="Who may not repeat does not, also then.",
        pain=30,
        paths=(
            "selector/nobody_at_all/stream/*",
            "selector/the_same_again_to_the_end/stream/*",
        ),
    ),
    Difference(
        what="A speaker chosen by selector_func counts as the previous speaker.",
        why="There the model may choose it once more at once.",
        pain=30,
        paths=("selector/a_function/asked/0/0/content",),
    ),
    Difference(
        what="An answer of tool calls names nobody, and the model is asked again.",
        why="There it is an AssertionError.",
        pain=30,
        paths=("selector/an_answer_of_tools/*",),
    ),
    Difference(
        what="A picture is `[Image]` in the history that the model reads.",
        why="There it is the address of an object.",
        paths=("selector/kinds_of_messages_in_the_history",),
    ),
    Difference(
        what="A team that has nothing new to hear goes on where it stopped; there it is an error.",
        why="An empty buffer is no empty task list.",
        pain=34,
        paths=("nested_teams/a_lone_team_twice/*",),
    ),
    Difference(
        what="A SocietyOfMindAgent remembers its own answers.",
        why="There it knows only what others said.",
        pain=34,
        paths=(
            "nested_teams/a_society/context/*",
            "nested_teams/a_society_asked_twice/context/*",
            "nested_teams/a_society_reset/context/*",
        ),
    ),
    Difference(
        what="A ledger that lacks an answer, or names a stranger, is sent back to the model.",
        why="There it ends the run.",
        pain=35,
        paths=(
            "magentic_one/a_ledger_that_lacks_answers/*",
            "magentic_one/a_ledger_that_names_a_stranger/*",
        ),
    ),
    Difference(
        what="A new task of a led team has max_turns rounds; there the rounds before it count.",
        why="There a team that ran out of rounds answers every later task without any work.",
        paths=(
            "magentic_one/a_second_task_after_too_many_rounds/1/*",
            "team_state_further/led/after/*/n_rounds",
        ),
    ),
    Difference(
        what="An edge to a node that does not exist is a ValueError; there a KeyError.",
        why="It is a mistake in the graph, as the others are.",
        paths=("graph_rules/validity/unknown_target/*",),
    ),
    # Memory, cost, configurations
    Difference(
        what="What memories say stands with the system message where a model takes only one.",
        why="There the model refuses the request.",
        pain=38,
        paths=("memory/for_a_model_of_one_system_message/*",),
    ),
    Difference(
        what="Code generation tells its usage.",
        why="There it counts for no TokenUsageTermination, and nobody sees its cost.",
        pain=39,
        paths=(
            "code_execution/*/models_usage",
            "code_execution/*/models_usage/*",
        ),
    ),
    Difference(
        what="A team with a function can't be dumped; there the function is left out in silence.",
        why="What is loaded would be another team.",
        pain=40,
        paths=("team_components/a_selector_by_function*",),
    ),
    Difference(
        what="A TokenUsageTermination of one limit can be loaded again.",
        why="There its own dump does not fit it.",
        pain=40,
        paths=("team_components/one_limit_of_tokens/1/*",),
    ),
    Difference(
        what="A workbench without overrides is dumped without them; there with none.",
        why="A dump holds what was given; loaded it is the same in both.",
        paths=(
            "agent_components/*/tool_overrides",
            "core_parts/*/tool_overrides",
            "nested_teams/*/tool_overrides",
            "people/*/tool_overrides",
            "team_components/*/tool_overrides",
        ),
    ),
    Difference(
        what="An option that was not given is left out of a dump; there its default is written.",
        why="A dump holds what was given; loaded it is the same in both.",
        paths=(
            "core_parts/components_of_contexts/4/0/config/tool_schema",
            "nested_teams/the_component_of_a_society/config/model_context/*",
            "vendor_components/models_of_anthropic/0/0/config/*",
        ),
    ),
    Difference(
        what="A cache's dump holds its store, also when that is in memory.",
        why="A dump holds what was given; loaded it is the same in both.",
        paths=("vendor_components/a_cache_with_a_store/0/config/store/*",),
    ),
    Difference(
        what="An Ollama client keeps model_info in its configuration.",
        why="There a client of a model of one's own can't be loaded again.",
        pain=40,
        paths=("vendor_components/models_of_ollama/1/0/config/model_info/*",),
    ),
    Difference(
        what="An HttpTool without headers can be loaded again.",
        why="There its own dump does not fit it.",
        pain=40,
        paths=("vendor_components/tools/1/1*",),
    ),
    # Core
    Difference(
        what="A message to nobody raises UndeliverableException; there a bare Exception.",
        why="It can be caught.",
        paths=("runtime/sending/2/raised",),
    ),
    Difference(
        what="A handler may take a plain str; there the agent can't be registered.",
        why="The runtime hands over the object itself, so that it need not be serializable.",
        paths=("runtime/handlers_that_are_refused/2",),
    ),
    Difference(
        what="The event of a published message's delivery names its receiver; there it is null.",
        why="With several receivers the events can be told apart.",
        paths=("log_events/messages_of_a_runtime/8/3/receiver",),
    ),
    Difference(
        what="A handler may take a dataclass of dataclasses; there the agent can't be registered.",
        why="The runtime hands over the object itself, so that it need not be serializable.",
        paths=("serialization/agents_of_what_has_no_serializer",),
    ),
    Difference(
        what="The serializer of dataclasses refuses a list of dataclasses.",
        why="There what is read holds dicts instead of them.",
        paths=("serialization/refused_dataclasses/4*",),
    ),
    Difference(
        what="A component needs no configuration class.",
        why="It is derived from the constructor, unless the class brings its own.",
        paths=("components_of_ones_own/half_a_component/*",),
    ),
    Difference(
        what="A sender is not made merely to be named in a log.",
        why="A message that names its sender has no side effect.",
        paths=("runtime_further/the_state_of_one_agent/2/keeper/me/heard",),
    ),
    Difference(
        what="A picture keeps its transparency.",
        why="It travels as the bytes it was given.",
        paths=("models_and_pictures/pictures/6",),
    ),
    Difference(
        what="The loop of a ToolAgent tells the model why a call failed.",
        why="There the text is empty.",
        paths=("tools_further/a_loop_of_tools/*/content/*/content",),
    ),
    Difference(
        what="A span holds an exception once.",
        why="There the helper and the tracer both record it.",
        paths=("telemetry/helpers/2/*/exceptions/1",),
    ),
    Difference(
        what="A schema may list several types, and multipleOf is kept.",
        why="There the one is a TypeError, and the other is not looked at.",
        paths=("texts_and_schemas/kinds/3*", "texts_and_schemas/constraints/2/6/*"),
    ),
    # Clients of models
    Difference(
        what="A name that the API does not take is written in legal characters.",
        why="There the request is refused.",
        paths=("openai_requests/a_name_that_the_api_does_not_take/*",),
    ),
    Difference(
        what="A call may not ask for several answers by `n`.",
        why="There they are paid for, and all but the first are lost.",
        paths=("openai_requests/settings/1/*",),
    ),
    Difference(
        what="`strict: false` is not sent.",
        why="It is the default, and several servers refuse a request that says it.",
        paths=(
            "openai_requests/settings/2/sent/0/tools/0/function/strict",
            "openai_requests/streams/*/sent/0/tools/0/function/strict",
            "openai_requests/tools/*/sent/0/tools/0/function/strict",
        ),
    ),
    Difference(
        what="A request to Anthropic says `stream: false`, and that tools take nothing else.",
        why="It says what is meant; the API's defaults are the same.",
        paths=(
            "anthropic_requests/*/sent/0/stream",
            "anthropic_requests/*/input_schema/additionalProperties",
        ),
    ),
    Difference(
        what="An argument that Anthropic's API does not have is refused.",
        why="There it is dropped in silence.",
        paths=("anthropic_requests/settings/2/*",),
    ),
    Difference(
        what="Ollama is told all of a tool, its name with a result, and no empty lists.",
        why="There defaults are lost, and a thought beside calls is too.",
        paths=(
            "ollama_requests/*/sent/0/tools",
            "ollama_requests/tools/*/function/parameters/*",
            "ollama_requests/conversations/0/sent/0/messages/3/content",
            "ollama_requests/conversations/0/sent/0/messages/4/tool_name",
        ),
    ),
    Difference(
        what="An answer of Ollama's that was cut is known as such.",
        why="There it ended for an unknown reason.",
        paths=("ollama_requests/settings/4/finish_reason",),
    ),
    Difference(
        what="A stream asks for its usage.",
        why="There a streaming agent's tokens are not counted unless every call says so.",
        paths=("openai_requests/streams/*/sent/0/stream_options/include_usage",),
    ),
    Difference(
        what="The thought of a stream is whole.",
        why="There it lacks its first character.",
        paths=("openai_requests/streams/4/seen/3/thought",),
    ),
    # Texts that say more than upstream's
    Difference(
        what="A message says which thing is wrong, or says it once, or names the right function.",
        why="Errors say where and what.",
        paths=(
            "agent_components/refusals/1/text",
            "agents_further/a_factory_of_messages/7/text",
            "agents_further/refusals/10/text",
            "agents_further/refusals/11/text",
            "construction/handoffs/1/text",
            "construction/handoffs/2/text",
            "construction/handoffs/3/text",
            "magentic_one/a_ledger_that_never_comes/text",
            "magentic_one/no_task/text",
            "message_kinds/the_factory/odd_type/text",
            "models_and_pictures/pictures/13/text",
            "models_and_pictures/pictures/14/text",
            "openai_requests/settings/3/result/text",
            "people/handed_to_a_person/1/text",
            "people/a_person_who_fails/2/text",
            "people/asked_outside_a_request/text",
            "team_state/states_that_do_not_fit/0/text",
            "team_state/states_that_do_not_fit/1/text",
            "team_turns/refused_teams/1/text",
        ),
    ),
    Difference(
        what="A malformed state is pydantic's ValidationError, a ValueError, that says where.",
        why="There the text tells of an old release.",
        paths=("team_state/states_that_do_not_fit/2/*",),
    ),
    Difference(
        what="A tuple is taken as a list of messages, so that its contents are looked at.",
        why="The parameter is declared as a sequence.",
        paths=("team_turns/refused_tasks/3/text",),
    ),
]
