using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The connections of a unit to its machine.</summary>
/// <param name="Name">The display name of the unit.</param>
/// <param name="Memory">The memory, without a processor.</param>
/// <param name="Scheduler">The scheduler of the unit's work, which runs as steps of hardware.</param>
/// <param name="Downstream">The receiver of the unit's messages to devices and of its interrupts.</param>
internal sealed record UnitContext(string Name, SparseMemory Memory, IScheduler Scheduler, IDownstreamPort Downstream);
