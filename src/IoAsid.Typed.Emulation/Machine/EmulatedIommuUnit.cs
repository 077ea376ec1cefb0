using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>A unit of an emulated machine as drivers find it.</summary>
public sealed class EmulatedIommuUnit : IIommuUnit
{
    private readonly List<EmulatedFunction> _functions = [];

    internal EmulatedIommuUnit(UnitPort port, IEmulatedUnit unit, IRegisterBlock registers)
    {
        Port = port;
        Unit = unit;
        Registers = registers;
    }

    /// <inheritdoc/>
    public string Name => Port.Name;

    /// <inheritdoc/>
    public IRegisterBlock Registers { get; }

    /// <summary>The functions behind it, in the order in which they were plugged in.</summary>
    public IReadOnlyCollection<IPciFunction> Functions => _functions;

    /// <summary>The emulated unit itself.</summary>
    public IEmulatedUnit Unit { get; }

    internal UnitPort Port { get; }

    internal void Add(EmulatedFunction function) => _functions.Add(function);

    internal bool Remove(EmulatedFunction function) => _functions.Remove(function);
}
