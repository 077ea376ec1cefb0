using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>A work queue: its configuration and its queued descriptors.</summary>
internal sealed class WorkQueue(int number, int depth)
{
    private readonly Queue<WorkItem> _items = new(depth);
    private DmaQueueConfiguration _configuration;

    public int Number => number;

    public int Count => _items.Count;

    /// <summary>The configuration. While the queue is enabled, a write can only disable it.</summary>
    public DmaQueueConfiguration Configuration
    {
        get => _configuration;
        set => _configuration = _configuration.IsEnabled ? _configuration with { IsEnabled = value.IsEnabled } : value;
    }

    /// <summary>Returns true if the queue can accept a descriptor. A shared queue accepts enqueued descriptors, a dedicated queue accepts posted ones.</summary>
    public bool CanAccept(bool isShared) =>
        _configuration.IsEnabled && _configuration.IsShared == isShared && (!isShared || _configuration.PasidEnabled)
        && _items.Count < depth;

    /// <summary>Returns the PASID prefix of a descriptor's requests.</summary>
    public PasidPrefix PrefixOf(in DmaDescriptor descriptor)
    {
        if (!_configuration.PasidEnabled)
            return default;
        return _configuration.IsShared
            ? new PasidPrefix(descriptor.Pasid, privileged: descriptor.IsPrivileged)
            : new PasidPrefix(_configuration.Pasid, privileged: _configuration.IsPrivileged);
    }

    public void Add(in WorkItem item) => _items.Enqueue(item);

    public bool TryDequeue(out WorkItem item) => _items.TryDequeue(out item);

    public bool HasWorkFor(Pasid pasid, long before)
    {
        foreach (WorkItem item in _items)
        {
            if (item.Number < before && item.Uses(pasid))
                return true;
        }

        return false;
    }

    public void Reset()
    {
        _items.Clear();
        _configuration = default;
    }
}
