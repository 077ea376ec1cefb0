namespace IoAsid.Typed.Hardware;

/// <summary>The enabled interrupts of a device. Disposing them disables them.</summary>
public interface IDeviceInterrupts : IDisposable
{
    /// <summary>The number of vectors.</summary>
    int Count { get; }

    /// <summary>Waits until a vector has been raised since the last wait. A vector has one wait at a time.</summary>
    /// <param name="vector">The zero-based number of the vector.</param>
    /// <param name="timeout">The timeout, in virtual time on an emulated machine. <see cref="Timeout.InfiniteTimeSpan"/> is not allowed.</param>
    /// <param name="cancellationToken">Cancels the wait. The interrupt stays for the next wait.</param>
    /// <returns>true if the vector was raised; false if the timeout elapsed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The vector does not exist, or the timeout is negative.</exception>
    /// <exception cref="ObjectDisposedException">The interrupts were disposed.</exception>
    ValueTask<bool> WaitAsync(int vector, TimeSpan timeout, CancellationToken cancellationToken = default);
}
