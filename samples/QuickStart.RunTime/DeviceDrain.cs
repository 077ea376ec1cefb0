using IoAsid.Typed;

namespace QuickStart.RunTime;

/// <summary>The drain of a device for a PASID. Only a class like this one can make the receipt that ends a binding.</summary>
public sealed class DeviceDrain : IoAsidDrain
{
    public DrainReceipt Drain(IoAsidBinding binding)
    {
        // A driver would now clear the PASID entry, invalidate the caches, and wait for the device's last page request.
        return Certify(binding);
    }
}
