namespace Migration.Plain;

/// <summary>The table of a driver in the style of C drivers: register, look up, unregister. A number can have any object.</summary>
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

    /// <summary>Returns the data of a number, of any type; null if the number has no data.</summary>
    public object? Lookup(uint pasid)
    {
        lock (_gate)
        {
            return _entries.GetValueOrDefault(pasid);
        }
    }

    /// <summary>Removes the entry of a number of any owner. The number can be used again at once.</summary>
    public bool Unregister(uint pasid)
    {
        lock (_gate)
        {
            return _entries.Remove(pasid);
        }
    }
}
