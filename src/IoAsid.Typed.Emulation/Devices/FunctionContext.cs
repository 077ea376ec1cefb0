using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The place of a function in its machine.</summary>
/// <param name="RequesterId">The requester id.</param>
/// <param name="Scheduler">The scheduler of the machine.</param>
public sealed record FunctionContext(RequesterId RequesterId, SeededScheduler Scheduler);
