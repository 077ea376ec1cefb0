using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>Where a function is.</summary>
/// <param name="RequesterId">The id on its requests.</param>
/// <param name="Scheduler">Runs its work as steps of hardware.</param>
public sealed record FunctionContext(RequesterId RequesterId, SeededScheduler Scheduler);
