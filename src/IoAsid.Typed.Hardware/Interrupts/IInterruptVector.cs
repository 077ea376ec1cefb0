namespace IoAsid.Typed.Hardware;

/// <summary>An interrupt vector that belongs to a driver until disposed.</summary>
public interface IInterruptVector : IDisposable
{
    /// <summary>What a device has to write, and where to, to raise the interrupt.</summary>
    InterruptMessage Message { get; }
}
