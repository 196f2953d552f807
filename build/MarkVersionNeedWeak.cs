// Sets VER_FLG_WEAK on one entry of an ELF64 file's table of needed symbol versions (.gnu.version_r).
// Layout: the System V ABI's ELF header and section headers; Verneed/Vernaux as in the Linux Standard Base, "Symbol
// Versioning". Idempotent; a file without such an entry stays as it is.
var bytes = System.IO.File.ReadAllBytes(Library);
System.Func<long, int> u16 = at => System.BitConverter.ToUInt16(bytes, (int)at);
System.Func<long, long> u32 = at => System.BitConverter.ToUInt32(bytes, (int)at);
System.Func<long, long> u64 = at => System.BitConverter.ToInt64(bytes, (int)at);
const long VersionNeedSection = 0x6ffffffe;
long sections = u64(0x28);
int sectionSize = u16(0x3a);
int sectionCount = u16(0x3c);
for (int s = 0; s < sectionCount; s++)
{
    long section = sections + (long)s * sectionSize;
    if (u32(section + 4) != VersionNeedSection)
    {
        continue;
    }
    long names = u64(sections + u32(section + 0x28) * sectionSize + 0x18);
    long need = u64(section + 0x18);
    for (long n = u32(section + 0x2c); n > 0; n--)
    {
        long entry = need + u32(need + 8);
        for (int e = u16(need + 2); e > 0; e--)
        {
            long text = names + u32(entry + 8);
            int length = 0;
            while (bytes[text + length] != 0)
            {
                length++;
            }
            if (System.Text.Encoding.ASCII.GetString(bytes, (int)text, length) == VersionName && (u16(entry + 4) & 2) == 0)
            {
                using (var file = System.IO.File.Open(Library, System.IO.FileMode.Open, System.IO.FileAccess.Write))
                {
                    file.Position = entry + 4;
                    file.WriteByte((byte)(bytes[entry + 4] | 2));
                }
                Log.LogMessage(Microsoft.Build.Framework.MessageImportance.Low, "Marked {0} as weak in {1}", VersionName, Library);
            }
            entry += u32(entry + 12);
        }
        need += u32(need + 12);
    }
}
