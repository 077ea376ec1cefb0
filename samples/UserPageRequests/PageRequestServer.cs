namespace UserPageRequests;

/// <summary>
/// The server of the page requests of all guests, in user space. It serves the requests that were found in the set of guests. The PASID of an auxiliary domain is in another set, so it is never found.
/// </summary>
internal sealed class PageRequestServer
{
    /// <summary>The number of groups of page requests that were refused.</summary>
    public int Refused { get; private set; }

    /// <summary>Serves a group of page requests.</summary>
    /// <param name="guest">The guest that has the PASID; null if the set of guests does not have the PASID.</param>
    /// <param name="addresses">The addresses of the pages.</param>
    /// <returns>true if all pages are present; false if the request is to be refused.</returns>
    public async ValueTask<bool> ServeAsync(Guest? guest, IReadOnlyList<ulong> addresses)
    {
        if (guest is null || !await TryBringInAllAsync(guest, addresses))
        {
            Refused++;
            return false;
        }

        guest.Served++;
        return true;
    }

    private static async ValueTask<bool> TryBringInAllAsync(Guest guest, IReadOnlyList<ulong> addresses)
    {
        foreach (ulong address in addresses)
        {
            if (!await guest.TryBringInAsync(address))
                return false;
        }

        return true;
    }
}
