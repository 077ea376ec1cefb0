namespace IoAsid.Typed.Hardware;

/// <summary>An interrupt vector that a driver holds until it is disposed.</summary>
public interface IInterruptVector : IDisposable
{
    /// <summary>The write by which a device raises the interrupt.</summary>
    InterruptMessage Message { get; }
}
