using System.Diagnostics;
using IoAsid.Typed.Hardware;

namespace IoAsid.Typed.Iommu;

/// <summary>
/// An operation of the driver, as an <see cref="Activity"/> of the source <c>IoAsid.Typed.Iommu</c>. Its disposal ends it. An operation that is not complete then has failed.
/// </summary>
/// <remarks>Without a listener no object is created. An operation that runs on behalf of another operation has it as its parent.</remarks>
internal sealed class DriverOperation : IDisposable
{
    private static readonly ActivitySource Source = new("IoAsid.Typed.Iommu");

    private readonly Activity _activity;
    private bool _isComplete;

    private DriverOperation(Activity activity) => _activity = activity;

    /// <summary>Starts an operation.</summary>
    /// <param name="name">The name of the operation.</param>
    /// <param name="device">The device, or null if the operation is not about one device.</param>
    /// <param name="pasid">The PASID, or null if the operation is about no PASID or the PASID is not known yet.</param>
    /// <param name="addressSpace">The display name of the process, guest or domain, or null.</param>
    /// <param name="range">The addresses, or null if the operation is not about single addresses.</param>
    /// <returns>The operation, or null if no listener records it.</returns>
    public static DriverOperation? Start(string name, IommuDevice? device = null, Pasid? pasid = null, string? addressSpace = null, AddressRange? range = null)
    {
        // Created and started apart, so that a listener sees the tags at the start. A tag of null is not added.
        if (Source.CreateActivity(name, ActivityKind.Internal) is not { } activity)
            return null;
        activity.SetTag("ioasid.device", device?.RequesterId.ToString());
        activity.SetTag("ioasid.address_space", addressSpace);
        activity.SetTag("ioasid.range", range?.ToString());
        DriverOperation operation = new(activity);
        operation.SetPasid(pasid);
        activity.Start();
        return operation;
    }

    /// <summary>Sets the PASID of an operation that determines it.</summary>
    public void SetPasid(Pasid? pasid) => _activity.SetTag("ioasid.pasid", (int?)pasid?.Value);

    /// <summary>Marks the operation as successful.</summary>
    public void Complete() => _isComplete = true;

    /// <summary>Ends the operation.</summary>
    public void Dispose()
    {
        if (!_isComplete)
            _activity.SetStatus(ActivityStatusCode.Error);
        _activity.Dispose();
    }
}
