namespace IoAsid.Typed.Hardware;

/// <summary>
/// Gives out interrupt vectors and runs their handlers. An interrupt is a posted 4-byte write of <see cref="InterruptMessage.Data"/> to
/// <see cref="InterruptMessage.Address"/>; its handler runs as a step, after the writes the interrupt announces.
/// </summary>
public interface IInterruptController
{
    /// <summary>Gives out a vector.</summary>
    /// <param name="name">What the interrupt says, for people.</param>
    /// <param name="handler">Runs once for each delivery, in a step of its own. Interrupts of one vector that arrive before it runs are one.</param>
    /// <returns>The vector; disposing it gives it back, and what is still under way for it is dropped.</returns>
    /// <exception cref="InvalidOperationException">There are no more vectors.</exception>
    IInterruptVector Allocate(string name, Action handler);
}
