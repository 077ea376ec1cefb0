using IoAsid.Typed.DmaEngine;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Emulation;

/// <summary>A work queue: its configuration, and the descriptors that wait in it.</summary>
internal sealed class WorkQueue(int number, int depth)
{
    private readonly Queue<WorkItem> _items = new(depth);
    private DmaQueueConfiguration _configuration;

    public int Number => number;

    public int Count => _items.Count;

    /// <summary>How it works. While it is enabled only that can change.</summary>
    public DmaQueueConfiguration Configuration
    {
        get => _configuration;
        set => _configuration = _configuration.IsEnabled ? _configuration with { IsEnabled = value.IsEnabled } : value;
    }

    /// <summary>Whether it takes one more descriptor, sent that way.</summary>
    public bool Takes(bool isShared) =>
        _configuration.IsEnabled && _configuration.IsShared == isShared && (!isShared || _configuration.PasidEnabled)
        && _items.Count < depth;

    /// <summary>The PASID a descriptor's requests carry.</summary>
    public PasidPrefix PrefixOf(in DmaDescriptor descriptor)
    {
        if (!_configuration.PasidEnabled)
            return default;
        return _configuration.IsShared
            ? new PasidPrefix(descriptor.Pasid, privileged: descriptor.IsPrivileged)
            : new PasidPrefix(_configuration.Pasid, privileged: _configuration.IsPrivileged);
    }

    public void Add(in WorkItem item) => _items.Enqueue(item);

    public bool TryTake(out WorkItem item) => _items.TryDequeue(out item);

    public bool AnyOf(Pasid pasid, long before)
    {
        foreach (WorkItem item in _items)
        {
            if (item.Number < before && item.IsOf(pasid))
                return true;
        }

        return false;
    }

    public void Forget()
    {
        _items.Clear();
        _configuration = default;
    }
}
