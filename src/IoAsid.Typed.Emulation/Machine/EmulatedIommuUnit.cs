using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>
/// A remapping unit of an emulated machine. Drivers find it in <see cref="IPlatform.Units"/>. A test can also send it requests of a device without a model
/// of the device. Not thread-safe.
/// </summary>
public sealed class EmulatedIommuUnit : IIommuUnit
{
    private readonly List<EmulatedFunction> _functions = [];

    internal EmulatedIommuUnit(EmulatedMachine machine, UnitPort port, IEmulatedUnit unit, IRegisterBlock registers)
    {
        Machine = machine;
        Port = port;
        Unit = unit;
        Registers = registers;
    }

    /// <inheritdoc/>
    public string Name => Port.Name;

    /// <inheritdoc/>
    public IRegisterBlock Registers { get; }

    /// <summary>The functions behind the unit, in the order in which they were added.</summary>
    public IReadOnlyCollection<IPciFunction> Functions => _functions;

    internal EmulatedMachine Machine { get; }

    internal IEmulatedUnit Unit { get; }

    internal VtdUnit Vtd => (VtdUnit)Unit;

    internal UnitPort Port { get; }

    /// <summary>Tries to read memory with a request of a device behind the unit. The request bypasses the fabric and is complete on return.</summary>
    /// <param name="request">The request, with <see cref="DmaAccess.Read"/> or <see cref="DmaAccess.ZeroLengthRead"/>. It may cross pages.</param>
    /// <param name="data">Receives the bytes. After a failure, the bytes before the failing page have been read.</param>
    /// <returns>True if the request succeeded; false if the unit blocks it or no memory is at the translated address.</returns>
    public bool TryRead(in DmaRequest request, Span<byte> data) => Unit.Read(request, data) == CompletionStatus.Success;

    /// <summary>Tries to write memory with a request of a device behind the unit. The request bypasses the fabric and is complete on return.</summary>
    /// <param name="request">The request, with <see cref="DmaAccess.Write"/>. It may cross pages. A write to the interrupt range without a PASID is an interrupt.</param>
    /// <param name="data">The bytes. After a failure, the bytes before the failing page have been written.</param>
    /// <returns>True if the request succeeded; false if the unit blocks it or no memory is at the translated address.</returns>
    public bool TryWrite(in DmaRequest request, ReadOnlySpan<byte> data) => Unit.Write(request, data) == CompletionStatus.Success;

    internal void Add(EmulatedFunction function) => _functions.Add(function);

    internal bool Remove(EmulatedFunction function) => _functions.Remove(function);
}
