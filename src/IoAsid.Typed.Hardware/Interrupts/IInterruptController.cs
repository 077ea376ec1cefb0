namespace IoAsid.Typed.Hardware;

/// <summary>
/// The interrupt controller of a machine. An interrupt is a posted 4-byte write of <see cref="InterruptMessage.Data"/> to <see
/// cref="InterruptMessage.Address"/>. Its handler runs as a step, after all writes that precede the interrupt.
/// </summary>
public interface IInterruptController
{
    /// <summary>Allocates a vector.</summary>
    /// <param name="name">The display name.</param>
    /// <param name="handler">
    /// The handler. It runs once for each delivery, in a step of its own. Interrupts of one vector that arrive before the step are merged.
    /// </param>
    /// <returns>The vector. Disposing it frees the vector and drops its pending interrupts.</returns>
    /// <exception cref="InvalidOperationException">No vector is free.</exception>
    IInterruptVector Allocate(string name, Action handler);
}
