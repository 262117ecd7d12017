"""Tools that reach outside: MCP servers, HTTP endpoints, code executors, other libraries' tools."""
