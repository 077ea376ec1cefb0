using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>What a unit is connected to.</summary>
/// <param name="Name">What the unit is called, for people.</param>
/// <param name="Memory">Memory as the unit sees it: no processor in front.</param>
/// <param name="Scheduler">Runs the unit's own work as steps of hardware.</param>
/// <param name="Downstream">Takes the unit's messages to devices and its interrupts.</param>
internal sealed record UnitContext(string Name, SparseMemory Memory, IScheduler Scheduler, IDownstreamPort Downstream);
