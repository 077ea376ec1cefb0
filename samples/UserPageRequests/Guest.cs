namespace UserPageRequests;

/// <summary>A guest as the server of page requests knows it. It is the data of the guest's PASID.</summary>
internal abstract class Guest(string name)
{
    /// <summary>The display name.</summary>
    public string Name => name;

    /// <summary>The number of groups of page requests that were served.</summary>
    public int Served { get; set; }

    /// <summary>Tries to bring in the page of an address.</summary>
    /// <returns>true if the page is present; false if the guest has no page there.</returns>
    public abstract ValueTask<bool> TryBringInAsync(ulong address);
}
