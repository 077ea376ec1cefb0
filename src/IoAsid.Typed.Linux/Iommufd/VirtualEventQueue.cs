using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using IoAsid.Typed.Linux.Uapi;

namespace IoAsid.Typed.Linux;

/// <summary>A queue of events that a guest's virtual IOMMU has to report to the guest.</summary>
public sealed class VirtualEventQueue : IommufdObject
{
    private readonly object _gate = new();
    private readonly Readiness _readiness;
    private readonly Queue<VirtualEvent> _unread = []; // Guarded by _gate.
    private readonly int _eventSize;

    internal VirtualEventQueue(Iommufd owner, ObjectHandle handle, int eventSize)
        : base(owner, handle, "virtual event queue")
    {
        _eventSize = eventSize;
        _readiness = new(owner.Events, "virtual event queue");
    }

    private FileHandle File => Handle.Events!;

    /// <summary>Tries to read an event that has arrived.</summary>
    /// <param name="result">The event.</param>
    /// <returns>True if there was one; false if not.</returns>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public bool TryRead([NotNullWhen(true)] out VirtualEvent? result)
    {
        lock (_gate)
        {
            if (_unread.Count == 0)
                Fill();

            return _unread.TryDequeue(out result);
        }
    }

    /// <summary>Waits for an event and reads it.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The event.</returns>
    /// <exception cref="ObjectDisposedException">The queue was disposed, before or during the wait.</exception>
    /// <exception cref="InvalidOperationException">Another reader of the queue waits.</exception>
    public async ValueTask<VirtualEvent> ReadAsync(CancellationToken cancellationToken = default)
    {
        VirtualEvent? result;
        while (!TryRead(out result))
            await _readiness.WaitAsync(File, cancellationToken).ConfigureAwait(false);

        return result;
    }

    /// <summary>Reads events until the queue is disposed or the enumeration cancelled.</summary>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <returns>The events.</returns>
    public async IAsyncEnumerable<VirtualEvent> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (!IsDisposed)
        {
            VirtualEvent result;
            try
            {
                result = await ReadAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (ObjectDisposedException) when (IsDisposed)
            {
                yield break;
            }

            yield return result;
        }
    }

    private protected override void Close()
    {
        _readiness.Close();
        base.Close();
    }

    private unsafe void Fill()
    {
        byte[] buffer = new byte[16 * (sizeof(IommufdVeventHeader) + _eventSize)];
        using HandleUse use = Use();
        nint read;
        fixed (byte* pointer = buffer)
        {
            do
                read = Owner.Calls.Read(File.Descriptor, pointer, (nuint)buffer.Length);
            while (read == -(nint)Errno.Interrupted);
        }

        if (read == -(nint)Errno.TryAgain)
            return;

        SystemCall.ThrowIfFailed(read, "read virtual events", this);
        int at = 0;
        while (at < (int)read)
        {
            IommufdVeventHeader header = MemoryMarshal.Read<IommufdVeventHeader>(buffer.AsSpan(at));
            at += sizeof(IommufdVeventHeader);
            bool lost = (header.Flags & IommufdVeventHeader.LostEvents) != 0;
            int length = lost ? 0 : _eventSize;
            _unread.Enqueue(new(header.Sequence, lost, buffer.AsMemory(at, length)));
            at += length;
        }
    }
}
