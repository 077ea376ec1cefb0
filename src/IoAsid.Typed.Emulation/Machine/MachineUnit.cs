using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>Describes a VT-d unit of a machine, and the functions behind it.</summary>
/// <param name="Name">The name of the unit in messages and traces.</param>
/// <param name="Options">The capabilities of the unit.</param>
public sealed record MachineUnit(string Name, UnitOptions Options)
{
    /// <summary>The functions that are behind the unit from the start: their requester ids, and what creates each.</summary>
    public IReadOnlyList<(RequesterId RequesterId, Func<FunctionContext, EmulatedFunction> Create)> Functions { get; init; } = [];

    /// <summary>Creates something else than a VT-d unit: a stand-in for tests of devices.</summary>
    internal Func<UnitContext, IEmulatedUnit>? StandIn { get; init; }

    internal IEmulatedUnit Create(UnitContext context)
    {
        if (StandIn is { } create)
            return create(context);
        return new VtdUnit(Options, context);
    }
}
