import TraceBuilder

/// Frameworks and agents that trace themselves.
extension Dialect {
    static let frameworks: [Dialect] = [
        Dialect(
            "AI SDK",
            [
                sending(
                    span(
                        "ai.streamText.doStream", 1, below: 3,
                        [
                            "ai.operationId": "ai.streamText.doStream", "ai.model.id": "gpt-4o",
                            "ai.model.provider": "openai.chat", "gen_ai.request.model": "gpt-4o",
                            "gen_ai.usage.input_tokens": 12, "gen_ai.usage.output_tokens": 5,
                            "ai.usage.inputTokens": 12, "ai.usage.cachedInputTokens": 4,
                        ]), event: "ai.stream.firstChunk", milliseconds: 200,
                    ["ai.response.msToFirstChunk": 187.5]),
                span(
                    "ai.toolCall", 2, below: 3, at: 1,
                    ["ai.operationId": "ai.toolCall", "ai.toolCall.name": "w", "ai.toolCall.id": "t1"]),
                span(
                    "ai.streamText", 3, seconds: 3,
                    [
                        "ai.operationId": "ai.streamText", "ai.model.id": "gpt-4o",
                        "ai.usage.promptTokens": 12,
                        "ai.usage.completionTokens": 5,
                    ]),
                span(
                    "ai.embedMany.doEmbed", 4, below: 5, at: 4,
                    ["ai.operationId": "ai.embedMany.doEmbed", "ai.model.id": "e", "ai.usage.tokens": 9]),
                span("ai.embedMany", 5, at: 4, ["ai.operationId": "ai.embedMany", "ai.usage.tokens": 9]),
                span(
                    "ai.rerank.doRerank", 6, at: 6,
                    ["ai.operationId": "ai.rerank.doRerank", "ai.model.id": "r"]),
                span(
                    "ai.generateText.doGenerate", 7, status: .error, at: 7,
                    ["ai.operationId": "ai.generateText.doGenerate", "ai.model.id": "gpt-4o"]),
            ],
            Truth(
                calls: 3, errors: 1, input: 21, cacheRead: 4, output: 5, tools: 1, unpriced: 2, wait: 0.1875)),
        Dialect(
            "typed agents",
            [
                span(
                    "chat gpt-4o", 1, below: 3, kind: .client,
                    [
                        "gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o",
                        "gen_ai.usage.input_tokens": 42, "gen_ai.usage.output_tokens": 7,
                        "gen_ai.usage.details.cache_read_tokens": 16, "operation.cost": 0.25,
                    ]),
                span(
                    "running tool", 2, below: 3, at: 1,
                    ["gen_ai.tool.name": "w", "gen_ai.tool.call.id": "k"]),
                span(
                    "agent run", 3, seconds: 3,
                    [
                        "gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 42,
                        "gen_ai.usage.output_tokens": 7, "operation.cost": 0.25,
                    ]),
            ], Truth(input: 42, cacheRead: 16, output: 7, tools: 1, cost: 0.25)),
        Dialect(
            "coding agent",
            [
                span(
                    "claude_code.llm_request", 1, below: 6,
                    [
                        "span.type": "llm_request", "gen_ai.system": "anthropic", "model": "claude",
                        "gen_ai.request.model": "claude", "input_tokens": 2, "output_tokens": 1_200,
                        "cache_read_tokens": 84_562, "cache_creation_tokens": 7_096, "success": true,
                        "attempt": 3, "ttft_ms": 500,
                    ]),
                span(
                    "claude_code.tool.execution", 2, below: 4, at: 1, seconds: 0.5,
                    ["span.type": "tool.execution", "success": false]),
                span(
                    "claude_code.tool.blocked_on_user", 3, below: 4, at: 1, seconds: 0.1,
                    ["span.type": "tool.blocked_on_user"]),
                span(
                    "claude_code.tool", 4, below: 6, at: 1,
                    ["span.type": "tool", "tool_name": "Bash", "gen_ai.tool.call.id": "toolu_1"]),
                span(
                    "claude_code.llm_request", 5, below: 6, at: 2,
                    ["span.type": "llm_request", "model": "claude", "success": false, "attempt": 1]),
                span("claude_code.interaction", 6, seconds: 4, ["span.type": "interaction"]),
            ],
            Truth(
                calls: 2, errors: 1, retries: 2, input: 91_660, cacheRead: 84_562, cacheWrite: 7_096,
                output: 1_200,
                tools: 1, failedTools: 1, unpriced: 1, wait: 0.5)),
        Dialect(
            "kit with spans of its own", scope: "com.anthropic.sdk.python",
            [
                span(
                    "anthropic.messages.create", kind: .client,
                    [
                        "gen_ai.operation.name": "chat", "gen_ai.request.model": "claude",
                        "gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 2,
                    ]),
                span("anthropic.tool_use search", 2, at: 1, ["tool.use.id": "x"]),
            ], Truth(input: 10, output: 2, tools: 1, unpriced: 1)),
        Dialect(
            "chains, exported by their tracer",
            [
                span(
                    "ChatOpenAI", 1, below: 5,
                    [
                        "langsmith.span.kind": "llm", "gen_ai.operation.name": "chat",
                        "gen_ai.system": "openai",
                        "gen_ai.request.model": "gpt-4o", "gen_ai.usage.input_tokens": 25,
                        "gen_ai.usage.output_tokens": 7, "gen_ai.usage.total_tokens": 32,
                        "gen_ai.usage.input_token_details": .text(#"{"cache_read": 10, "audio": 0}"#),
                    ]),
                span(
                    "ChatPromptTemplate", 2, below: 5, at: 1,
                    ["langsmith.span.kind": "prompt", "gen_ai.operation.name": "chat"]),
                span(
                    "VectorStore", 3, below: 5, at: 2,
                    ["langsmith.span.kind": "retriever", "gen_ai.operation.name": "embeddings"]),
                span(
                    "search", 4, below: 5, at: 3,
                    ["langsmith.span.kind": "tool", "gen_ai.operation.name": "execute_tool"]),
                span(
                    "RunnableSequence", 5, seconds: 4,
                    [
                        "langsmith.span.kind": "chain", "gen_ai.operation.name": "chain",
                        "gen_ai.usage.input_tokens": 25,
                    ]),
            ], Truth(input: 25, cacheRead: 10, output: 7, tools: 1, unpriced: 1)),
        Dialect(
            "kernel of before",
            [
                span(
                    "chat.completions gpt-4", kind: .client,
                    [
                        "gen_ai.operation.name": "chat.completions", "gen_ai.system": "openai",
                        "gen_ai.request.model": "gpt-4", "gen_ai.response.prompt_tokens": 8,
                        "gen_ai.response.completion_tokens": 2,
                    ])
            ], Truth(input: 8, output: 2, unpriced: 1)),
        Dialect(
            "observations with texts for numbers",
            [
                span(
                    "chat gpt-4o", 1, below: 3,
                    [
                        "gen_ai.operation.name": "chat", "gen_ai.system": "openai",
                        "gen_ai.request.model": "gpt-4o",
                        "gen_ai.usage.input_tokens": "21", "gen_ai.usage.output_tokens": "4",
                        "gen_ai.usage.total_tokens": "25",
                    ]),
                span(
                    "tool_call get_weather", 2, below: 3, at: 1,
                    [
                        "gen_ai.operation.name": "framework", "gen_ai.system": "spring_ai",
                        "spring.ai.kind": "tool_call", "spring.ai.tool.definition.name": "get_weather",
                    ]),
                span(
                    "spring_ai chat_client", 3, seconds: 3,
                    ["gen_ai.operation.name": "framework", "spring.ai.kind": "chat_client"]),
                span(
                    "embedding e", 4, at: 4,
                    ["gen_ai.operation.name": "embedding", "gen_ai.usage.input_tokens": "3"]),
            ], Truth(calls: 2, input: 24, output: 4, tools: 1, unpriced: 2)),
        Dialect(
            "agents with cycles",
            [
                span(
                    "chat", 1, below: 3,
                    [
                        "gen_ai.operation.name": "chat", "gen_ai.request.model": "m",
                        "gen_ai.usage.prompt_tokens": 20,
                        "gen_ai.usage.input_tokens": 20, "gen_ai.usage.output_tokens": 5,
                        "gen_ai.usage.total_tokens": 70, "gen_ai.usage.cache_read_input_tokens": 40,
                        "gen_ai.usage.cache_write_input_tokens": 5, "gen_ai.server.time_to_first_token": 250,
                    ]),
                span(
                    "execute_tool calc", 2, below: 3, at: 1,
                    [
                        "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "calc",
                        "gen_ai.tool.status": "error",
                    ]),
                span(
                    "execute_event_loop_cycle", 3, below: 4, seconds: 3,
                    ["gen_ai.usage.input_tokens": 20]),
                span(
                    "invoke_agent", 4, seconds: 4,
                    [
                        "gen_ai.operation.name": "invoke_agent", "gen_ai.usage.input_tokens": 20,
                        "gen_ai.usage.total_tokens": 70,
                    ]),
            ],
            Truth(
                input: 65, cacheRead: 40, cacheWrite: 5, output: 5, tools: 1, failedTools: 1, unpriced: 1,
                wait: 0.25)
        ),
        Dialect(
            "development kit for agents",
            [
                span(
                    "generate_content g", 1, below: 2, seconds: 0.5,
                    [
                        "gen_ai.operation.name": "generate_content", "gen_ai.request.model": "g",
                        "gen_ai.usage.input_tokens": 9, "gen_ai.usage.output_tokens": 2,
                    ]),
                span(
                    "call_llm", 2, below: 6,
                    [
                        "gen_ai.system": "gcp.vertex.agent", "gen_ai.request.model": "g",
                        "gen_ai.usage.input_tokens": 9, "gen_ai.usage.output_tokens": 2,
                    ]),
                span(
                    "execute_tool a", 3, below: 5, at: 1, seconds: 0.3,
                    ["gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "a"]),
                span(
                    "execute_tool b", 4, below: 5, at: 1, seconds: 0.3,
                    ["gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "b"]),
                span(
                    "execute_tool (merged)", 5, below: 6, at: 1,
                    ["gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "(merged tools)"]),
                span("invoke_agent x", 6, below: 7, seconds: 3, ["gen_ai.operation.name": "invoke_agent"]),
                span("invocation", 7, seconds: 4, [:]),
                // Without spans of the model's own library.
                span(
                    "call_llm", 8, at: 5,
                    [
                        "gen_ai.system": "gcp.vertex.agent", "gen_ai.request.model": "g",
                        "gen_ai.usage.input_tokens": 4, "gen_ai.usage.output_tokens": 1,
                    ]),
            ], Truth(calls: 2, input: 13, output: 3, tools: 2, unpriced: 2)),
        Dialect(
            "trackers with JSON",
            [
                span(
                    "Completions", 1,
                    [
                        "mlflow.spanType": .text(#""CHAT_MODEL""#), "mlflow.llm.model": .text(#""gpt-4o""#),
                        "mlflow.chat.tokenUsage":
                            .text(#"{"input_tokens": 10, "output_tokens": 5, "total_tokens": 15}"#),
                        "mlflow.llm.cost": .text(#"{"total_cost": 0.5}"#),
                    ]),
                span(
                    "Chat Completion", 2, at: 1,
                    [
                        "braintrust.span_attributes": .text(#"{"type":"llm"}"#),
                        "braintrust.metadata": .text(#"{"provider":"openai","model":"gpt-4o"}"#),
                        "braintrust.metrics":
                            .text(
                                #"{"prompt_tokens":11,"completion_tokens":2,"tokens":13,"#
                                    + #""prompt_cached_tokens":4,"time_to_first_token":0.25}"#),
                    ]),
                span(
                    "llm", 3, at: 2,
                    [
                        "lmnr.span.type": "LLM", "gen_ai.request.model": "m", "gen_ai.usage.input_tokens": 6,
                        "gen_ai.usage.input_cost": 0.25, "gen_ai.usage.output_cost": 0.125,
                    ]),
                span("agent", 5, at: 4, ["agentops.span.kind": "agent", "gen_ai.request.model": "m"]),
                span("openai", 6, at: 5, ["gen_ai.span.kind": "LLM", "gen_ai.usage.input_tokens": 1]),
            ],
            Truth(
                calls: 4, input: 28, cacheRead: 4, output: 7, cost: 0.875, unpriced: 2, wait: 0.25)),
    ]
}
