"""What agents are built from: names, messages, runtimes, models, tools."""

from agentchat import __version__ as __version__
from agentchat.core._agent import Agent, BaseAgent
from agentchat.core._agent_proxy import AgentProxy
from agentchat.core._cache_store import CacheStore, InMemoryStore
from agentchat.core._cancellation import CancellationToken
from agentchat.core._class_subscriptions import default_subscription, type_subscription
from agentchat.core._closure_agent import ClosureAgent, ClosureContext
from agentchat.core._component import (
    Component,
    ComponentBase,
    ComponentFromConfig,
    ComponentLoader,
    ComponentModel,
    ComponentSchemaType,
    ComponentToConfig,
    ComponentType,
    is_component_class,
    is_component_instance,
)
from agentchat.core._context import (
    AgentInstantiationContext,
    MessageContext,
    MessageHandlerContext,
    SubscriptionInstantiationContext,
)
from agentchat.core._function_call import FunctionCall
from agentchat.core._ids import AgentId, AgentMetadata, AgentType, TopicId
from agentchat.core._image import Image
from agentchat.core._intervention import (
    DefaultInterventionHandler,
    DropMessage,
    InterventionHandler,
)
from agentchat.core._local_runtime import SingleThreadedAgentRuntime
from agentchat.core._routed_agent import RoutedAgent, event, message_handler, rpc
from agentchat.core._runtime import AgentRuntime
from agentchat.core._serialization import (
    JSON_DATA_CONTENT_TYPE,
    PROTOBUF_DATA_CONTENT_TYPE,
    MessageSerializer,
    UnknownPayload,
    try_get_known_serializers_for_type,
)
from agentchat.core._subscription import (
    DefaultSubscription,
    DefaultTopicId,
    Subscription,
    TypePrefixSubscription,
    TypeSubscription,
)
from agentchat.core._telemetry import (
    trace_create_agent_span,
    trace_invoke_agent_span,
    trace_tool_span,
)
from agentchat.core.logging import EVENT_LOGGER_NAME, ROOT_LOGGER_NAME, TRACE_LOGGER_NAME

__all__ = [
    "EVENT_LOGGER_NAME",
    "JSON_DATA_CONTENT_TYPE",
    "PROTOBUF_DATA_CONTENT_TYPE",
    "ROOT_LOGGER_NAME",
    "TRACE_LOGGER_NAME",
    "Agent",
    "AgentId",
    "AgentInstantiationContext",
    "AgentMetadata",
    "AgentProxy",
    "AgentRuntime",
    "AgentType",
    "BaseAgent",
    "CacheStore",
    "CancellationToken",
    "ClosureAgent",
    "ClosureContext",
    "Component",
    "ComponentBase",
    "ComponentFromConfig",
    "ComponentLoader",
    "ComponentModel",
    "ComponentSchemaType",
    "ComponentToConfig",
    "ComponentType",
    "DefaultInterventionHandler",
    "DefaultSubscription",
    "DefaultTopicId",
    "DropMessage",
    "FunctionCall",
    "Image",
    "InMemoryStore",
    "InterventionHandler",
    "MessageContext",
    "MessageHandlerContext",
    "MessageSerializer",
    "RoutedAgent",
    "SingleThreadedAgentRuntime",
    "Subscription",
    "SubscriptionInstantiationContext",
    "TopicId",
    "TypePrefixSubscription",
    "TypeSubscription",
    "UnknownPayload",
    "default_subscription",
    "event",
    "is_component_class",
    "is_component_instance",
    "message_handler",
    "rpc",
    "trace_create_agent_span",
    "trace_invoke_agent_span",
    "trace_tool_span",
    "try_get_known_serializers_for_type",
    "type_subscription",
]
