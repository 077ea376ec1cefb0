using IoAsid.Typed.Iommu;

namespace OwnDevice;

/// <summary>An open queue of the network card.</summary>
public sealed class NicRing : IAsyncDisposable
{
    private readonly NicDriver _driver;
    private readonly NicQueueKind _queue;
    private readonly AddressRange _ring;
    private readonly AsyncLock _submissions = new();
    private uint _tail;
    private bool _isClosed;

    internal NicRing(NicDriver driver, NicQueueKind queue, SvaBond bond, AddressRange ring)
    {
        _driver = driver;
        _queue = queue;
        Bond = bond;
        _ring = ring;
    }

    /// <summary>The bond of the card and the process.</summary>
    public SvaBond Bond { get; }

    /// <summary>Submits a frame, or a buffer for one, to the card. Waits while the ring is full.</summary>
    /// <param name="address">The first byte, an address of the process. Its pages need not be present.</param>
    /// <param name="length">The length in bytes.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The address of the descriptor, for <see cref="CompleteAsync"/>.</returns>
    /// <exception cref="IommuException">The ring remained full. Nothing was submitted.</exception>
    public async ValueTask<ulong> SubmitAsync(ulong address, int length, CancellationToken cancellationToken = default)
    {
        using (await _submissions.EnterAsync(cancellationToken))
        {
            await WaitForRoomAsync(cancellationToken);
            ulong slot = _ring.Start + (ulong)(_tail % (uint)_driver.Capabilities.RingEntries * NicDescriptor.SizeInBytes);
            byte[] bytes = new byte[NicDescriptor.SizeInBytes];
            new NicDescriptor { Address = address, Length = length }.WriteBytes(bytes);
            await Bond.AddressSpace.WriteAsync(slot, bytes, cancellationToken);
            // The descriptor is in memory before the register tells the card.
            _driver.Registers.Write64(NicRegisters.Tail(_queue), ++_tail);
            return slot;
        }
    }

    /// <summary>Waits until the card has written a descriptor back.</summary>
    /// <param name="descriptor">The address of the descriptor.</param>
    /// <param name="cancellationToken">Cancels the wait. The card continues.</param>
    /// <returns>The descriptor; its status is <see cref="NicStatus.None"/> if the card did not complete it in time.</returns>
    public async ValueTask<NicDescriptor> CompleteAsync(ulong descriptor, CancellationToken cancellationToken = default)
    {
        byte[] bytes = new byte[NicDescriptor.SizeInBytes];
        Polling polling = new(_driver.Device.Platform.Scheduler, NicDriver.Timeout);
        NicDescriptor found;
        do
        {
            await Bond.AddressSpace.ReadAsync(descriptor, bytes, cancellationToken);
            found = NicDescriptor.FromBytes(bytes);
        }
        while (found.Status == NicStatus.None && _driver.Device.IsReachable && await polling.NextAsync(cancellationToken));

        return found;
    }

    /// <summary>Stops the card's use of the PASID. The bond can be disposed afterwards.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_isClosed)
            return;
        _isClosed = true;
        await _driver.StopAsync(Bond.Pasid);
    }

    private async ValueTask WaitForRoomAsync(CancellationToken cancellationToken)
    {
        Polling polling = new(_driver.Device.Platform.Scheduler, NicDriver.Timeout);
        while (_tail - (uint)_driver.Registers.Read64(NicRegisters.Head(_queue)) >= (uint)_driver.Capabilities.RingEntries)
        {
            if (!_driver.Device.IsReachable || !await polling.NextAsync(cancellationToken))
                throw new IommuException(IommuError.DeviceGone, $"{_driver.Device} completes nothing in its queue {_queue}. Is it plugged in?");
        }
    }
}
