namespace Migration.Plain;

/// <summary>The table of a driver as C drivers have it: register, look up, unregister. Any object can be behind a number.</summary>
public sealed class PasidTable
{
    private const uint First = 1;
    private const uint Last = 0xF_FFFF;

    private readonly Lock _gate = new();
    private readonly Dictionary<uint, object> _entries = [];

    /// <summary>The number of entries.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Stores data under the lowest free number and returns the number.</summary>
    public uint Register(object data)
    {
        lock (_gate)
        {
            for (uint pasid = First; pasid <= Last; pasid++)
            {
                if (_entries.TryAdd(pasid, data))
                    return pasid;
            }
        }

        throw new InvalidOperationException("All PASIDs are in use.");
    }

    /// <summary>Returns the data behind a number, of whatever type; null if there is none.</summary>
    public object? Lookup(uint pasid)
    {
        lock (_gate)
        {
            return _entries.GetValueOrDefault(pasid);
        }
    }

    /// <summary>Removes the entry of a number, whoever stored it. The number can be used again at once.</summary>
    public bool Unregister(uint pasid)
    {
        lock (_gate)
        {
            return _entries.Remove(pasid);
        }
    }
}
