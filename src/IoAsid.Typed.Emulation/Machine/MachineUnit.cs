using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>A unit of a machine, and what is behind it.</summary>
/// <param name="Name">What it is called, for people.</param>
/// <param name="Create">Makes the unit.</param>
public sealed record MachineUnit(string Name, Func<UnitContext, IEmulatedUnit> Create)
{
    /// <summary>A VT-d unit.</summary>
    /// <param name="name">What it is called, for people.</param>
    /// <param name="options">What it is able to do.</param>
    /// <returns>The unit, with nothing behind it.</returns>
    public static MachineUnit Vtd(string name, UnitOptions options) => new(name, context => new VtdUnit(options, context));

    /// <summary>What makes the functions that are behind it from the start, by their requester ids.</summary>
    public IReadOnlyList<(RequesterId RequesterId, Func<FunctionContext, EmulatedFunction> Create)> Functions { get; init; } = [];
}
