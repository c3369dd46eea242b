import TraceBuilder

/// Instrumentations with names of their own.
extension Dialect {
    static let instrumentations: [Dialect] = [
        Dialect(
            "OpenLLMetry",
            [
                span(
                    "openai.chat", 1, below: 4, kind: .client,
                    [
                        "llm.request.type": "chat", "gen_ai.system": "OpenAI",
                        "gen_ai.request.model": "gpt-4o",
                        "gen_ai.response.id": "c1", "gen_ai.usage.prompt_tokens": 8,
                        "gen_ai.usage.completion_tokens": 9, "llm.usage.total_tokens": 17,
                        "gen_ai.usage.cache_read_input_tokens": 0, "gen_ai.request.max_tokens": -1,
                    ]),
                span(
                    "cohere.rerank", 2, below: 4, kind: .client, at: 1,
                    [
                        "llm.request.type": "rerank", "gen_ai.request.model": "rerank-v3",
                        "gen_ai.system": "Cohere",
                    ]),
                span(
                    "search.tool", 3, below: 4, at: 2,
                    ["traceloop.span.kind": "tool", "traceloop.entity.name": "search"]),
                span("step.task", 4, below: 5, seconds: 4, ["traceloop.span.kind": "task"]),
                span("flow.workflow", 5, seconds: 5, ["traceloop.span.kind": "workflow"]),
            ], Truth(input: 8, output: 9, tools: 1, unpriced: 1)),
        Dialect(
            "OpenLLMetry, old names of a provider with a cache",
            [
                sending(
                    span(
                        "anthropic.completion", kind: .client,
                        [
                            "llm.vendor": "Anthropic", "llm.request.type": "completion",
                            "llm.request.model": "claude",
                            "llm.response.model": "claude-3", "llm.usage.prompt_tokens": 900,
                            "llm.usage.completion_tokens": 10, "llm.usage.total_tokens": 910,
                            "gen_ai.usage.cache_creation_input_tokens": 600,
                            "gen_ai.usage.cache_read_input_tokens": 200,
                        ]), event: "llm.content.completion.chunk", milliseconds: 300)
            ], Truth(input: 900, cacheRead: 200, cacheWrite: 600, output: 10, unpriced: 1, wait: 0.3)),
        Dialect(
            "OpenLLMetry, a call whose span is a task",
            [
                span(
                    "Llama.task", 1, below: 2,
                    [
                        "traceloop.span.kind": "task", "llm.request.type": "chat",
                        "gen_ai.request.model": "m",
                        "llm.usage.prompt_tokens": 3, "llm.usage.completion_tokens": 4,
                    ]),
                span("Query.workflow", 2, seconds: 2, ["traceloop.span.kind": "workflow"]),
            ], Truth(input: 3, output: 4, unpriced: 1)),
        Dialect(
            "OpenInference",
            [
                sending(
                    span(
                        "ChatCompletion", 1, below: 6, status: .ok,
                        [
                            "openinference.span.kind": "LLM", "llm.model_name": "gpt-4o",
                            "llm.provider": "openai",
                            "llm.token_count.prompt": 50, "llm.token_count.completion": 6,
                            "llm.token_count.total": 56, "llm.token_count.prompt_details.cache_read": 40,
                            "llm.cost.prompt": 0.25, "llm.cost.completion": 0.5, "llm.cost.total": 0.75,
                        ]), event: "First Token Stream Event", milliseconds: 125),
                span(
                    "CreateEmbeddings", 2, below: 6, status: .ok, at: 1,
                    [
                        "openinference.span.kind": "EMBEDDING", "embedding.model_name": "e",
                        "llm.token_count.prompt": 5, "llm.token_count.total": 5,
                    ]),
                span(
                    "rerank", 3, below: 6, at: 2,
                    ["openinference.span.kind": "RERANKER", "reranker.model_name": "r"]),
                span("retrieve", 4, below: 6, at: 2, ["openinference.span.kind": "RETRIEVER"]),
                span(
                    "tool", 5, below: 6, status: .error, at: 3,
                    ["openinference.span.kind": "TOOL", "tool.name": "calc"]),
                span(
                    "agent", 6, below: 7, seconds: 5,
                    ["openinference.span.kind": "AGENT", "llm.token_count.prompt": 55]),
                span(
                    "chain", 7, seconds: 6,
                    ["openinference.span.kind": "CHAIN", "llm.token_count.prompt": 55, "llm.model_name": "m"]),
            ],
            Truth(
                calls: 2, input: 55, cacheRead: 40, output: 6, tools: 1, failedTools: 1, cost: 0.75,
                unpriced: 1,
                wait: 0.125)),
        Dialect(
            "OpenInference, wrappers of wrappers",
            [
                span(
                    "chat", 1, below: 2, seconds: 0.5,
                    [
                        "openinference.span.kind": "LLM", "llm.model_name": "m", "llm.token_count.prompt": 5,
                        "llm.token_count.completion": 1,
                    ]),
                span(
                    "predict", 2, below: 3, seconds: 0.6,
                    [
                        "openinference.span.kind": "LLM", "llm.model_name": "m", "llm.token_count.prompt": 5,
                        "llm.token_count.completion": 1,
                    ]),
                span("query", 3, ["openinference.span.kind": "CHAIN"]),
            ], Truth(input: 5, output: 1, unpriced: 1)),
        Dialect(
            "OpenLIT",
            [
                span(
                    "chat gpt-4o", kind: .client, status: .ok,
                    [
                        "gen_ai.operation.name": "chat", "gen_ai.system": "openai",
                        "gen_ai.request.model": "gpt-4o",
                        "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 10,
                        "gen_ai.usage.total_tokens": 110, "gen_ai.usage.cost": 0.125,
                        "gen_ai.usage.prompt_tokens_details.cached_tokens": 64, "gen_ai.server.ttft": 0.5,
                    ]),
                span(
                    "vectordb.query", 2, kind: .client, at: 1,
                    ["gen_ai.operation.name": "vectordb", "gen_ai.request.model": "m"]),
                span("chain", 3, kind: .client, at: 2, ["gen_ai.operation.name": "framework"]),
            ], Truth(input: 100, cacheRead: 64, output: 10, cost: 0.125, wait: 0.5)),
        Dialect(
            "Langfuse",
            [
                span(
                    "generation", 1, below: 4,
                    [
                        "langfuse.observation.type": "generation",
                        "langfuse.observation.model.name": "gpt-4o",
                        "langfuse.observation.usage_details":
                            .text(#"{"input": 36, "output": 7, "total": 59, "input_cache_read": 16}"#),
                        "langfuse.observation.cost_details":
                            .text(#"{"input": 0.25, "output": 0.5, "total": 0.75}"#),
                    ]),
                span(
                    "openai", 2, below: 4, at: 1,
                    [
                        "langfuse.observation.type": "generation",
                        "langfuse.observation.model.name": "gpt-4o",
                        "langfuse.observation.usage_details":
                            .text(
                                #"{"completion_tokens":7,"prompt_tokens":42,"total_tokens":49,"#
                                    + #""prompt_tokens_details":{"cached_tokens":16,"audio_tokens":0}}"#),
                    ]),
                span(
                    "tool", 3, below: 4, at: 2,
                    ["langfuse.observation.type": "tool", "langfuse.observation.level": "ERROR"]),
                span("agent", 4, seconds: 4, ["langfuse.observation.type": "agent"]),
                span(
                    "embed", 5, at: 5,
                    [
                        "langfuse.observation.type": "embedding",
                        "langfuse.observation.usage_details": .text(#"{"input":4}"#),
                        "langfuse.observation.cost_details": .text(#"{"input":0.125}"#),
                    ]),
                span("event", 6, at: 6, seconds: 0, ["langfuse.observation.type": "event"]),
            ],
            Truth(
                calls: 3, input: 98, cacheRead: 32, output: 14, tools: 1, failedTools: 1, cost: 0.875,
                unpriced: 1)),
        Dialect(
            "Langfuse, parts without a whole",
            [
                span(
                    "generation", 1,
                    [
                        "langfuse.observation.type": "generation",
                        "langfuse.observation.usage_details":
                            .text(
                                #"{"input":2140,"input_cached_tokens":1024,"output":96,"#
                                    + #""output_reasoning_tokens":310,"total":3570}"#),
                    ]),
                span(
                    "generation", 2, at: 1,
                    [
                        "langfuse.observation.type": "generation",
                        "langfuse.observation.usage_details":
                            .text(#"{"input":10,"cache_read_input_tokens":4,"output":3}"#),
                        "langfuse.observation.cost_details":
                            .text(#"{"input":0.5,"cache_read_input_tokens":0.125,"output":0.25}"#),
                    ]),
            ],
            Truth(calls: 2, input: 3_178, cacheRead: 1_028, output: 409, cost: 0.875, unpriced: 1)),
    ]
}
