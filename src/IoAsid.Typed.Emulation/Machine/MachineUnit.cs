using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>The description of a VT-d unit of a machine, and of the functions behind it.</summary>
/// <param name="Name">The name of the unit in messages and traces.</param>
/// <param name="Options">The capabilities of the unit.</param>
public sealed record MachineUnit(string Name, UnitOptions Options)
{
    /// <summary>The functions that are behind the unit from the start, each with its requester id and its constructor.</summary>
    public IReadOnlyList<(RequesterId RequesterId, Func<FunctionContext, EmulatedFunction> Create)> Functions { get; init; } = [];

    /// <summary>The constructor of a unit that replaces the VT-d unit in tests of devices, or null.</summary>
    internal Func<UnitContext, IEmulatedUnit>? StandIn { get; init; }

    internal IEmulatedUnit Create(UnitContext context)
    {
        if (StandIn is { } create)
            return create(context);
        return new VtdUnit(Options, context);
    }
}
