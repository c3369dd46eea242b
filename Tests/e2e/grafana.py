"""A Grafana as far as provisioning sees one: folders, permissions, teams, boards and their history."""

import base64
import copy
import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

TOKEN = "glsa_right"
DEFAULTS = [("role", "Viewer", 1), ("role", "Editor", 2)]
# What it stands for in the interface, and what else is in each entry.
SUBJECTS = {"role": "role", "team": "teamId", "user": "userId"}


class Conflict(Exception):
    def __init__(self, code, **body):
        super().__init__(code)
        self.code, self.body = code, body


class Grafana:
    """Serves on a free port of 127.0.0.1 until `stop`.

    `faults` are taken one by one, one for each request: (status, headers) is answered instead, "drop" ends
    the connection without an answer, "lose" does what was asked and then ends it; None is no fault.
    `before_save` is called once, before a board is saved.
    """

    def __init__(self, certificate=None, wraps_history=False, migrates=False):
        self.folders, self.boards, self.teams, self.permissions, self.history = {}, {}, {}, {}, {}
        self.requests, self.faults, self.provisioned = [], [], set()
        self.before_save = None
        self.role = "Admin"
        self.wraps_history, self.migrates = wraps_history, migrates
        self.lock = threading.Lock()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler(self))
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        scheme = "http" if certificate is None else "https"
        self.url = f"{scheme}://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    @property
    def writes(self):
        return [(method, path) for method, path in self.requests if method != "GET"]

    def add_folder(self, uid, title, permissions=tuple(DEFAULTS)):
        self.folders[uid] = {"id": len(self.folders) + 1, "uid": uid, "title": title, "version": 1}
        self.permissions[uid] = list(permissions)

    def add_team(self, name):
        self.teams[name] = len(self.teams) + 1
        return self.teams[name]

    def answer(self, method, path, query, body):
        """(status, body); a Conflict is an answer, too."""
        parts = path.strip("/").split("/")[1:]
        match (method, *parts):
            case ("GET", "folders", uid):
                return self.found(self.folders.get(uid))
            case ("POST", "folders"):
                return 200, self.make_folder(body)
            case ("GET", "folders", uid, "permissions"):
                if uid not in self.folders:
                    return self.found(None)
                return 200, [self.entry(uid, item) for item in self.permissions[uid]]
            case ("POST", "folders", uid, "permissions"):
                self.permissions[uid] = [self.subject(item) for item in body["items"]]
                return 200, {"message": "Folder permissions updated"}
            case ("GET", "teams", "search"):
                name = query.get("name", [None])[0]
                teams = [{"id": id, "name": team} for team, id in self.teams.items() if name in (None, team)]
                return 200, {"totalCount": len(teams), "teams": teams, "page": 1, "perPage": 100}
            case ("POST", "teams"):
                if body["name"] in self.teams:
                    raise Conflict(409, message="Team name taken")
                return 200, {"message": "Team created", "teamId": self.add_team(body["name"])}
            case ("GET", "dashboards", "uid", uid):
                return self.found(self.shown(uid))
            case ("GET", "dashboards", "uid", uid, "versions"):
                if uid not in self.history:
                    return self.found(None)
                newest = list(reversed(self.history[uid]))[: int(query["limit"][0])]
                return 200, {"continueToken": "", "versions": newest} if self.wraps_history else newest
            case ("POST", "dashboards", "db"):
                return 200, self.save(body)
        return 404, {"message": "Not found"}

    @staticmethod
    def found(value):
        return (404, {"message": "not found"}) if value is None else (200, value)

    def make_folder(self, body):
        if body["uid"] in self.folders:
            raise Conflict(
                412, status="version-mismatch", message="The folder has been changed by someone else"
            )
        if body["title"] in {folder["title"] for folder in self.folders.values()}:
            raise Conflict(409, message="a folder with the same name already exists in the current location")
        self.add_folder(body["uid"], body["title"])
        return self.folders[body["uid"]]

    @staticmethod
    def entry(uid, item):
        kind, subject, level = item[:3]
        entry = {"id": 0, "folderUid": uid, "userId": 0, "userLogin": "", "teamId": 0, "team": ""}
        name = {1: "View", 2: "Edit", 4: "Admin"}.get(level, "Custom")
        inherited = {"inherited": len(item) > 3}
        return entry | {SUBJECTS[kind]: subject, "permission": level, "permissionName": name} | inherited

    @staticmethod
    def subject(item):
        (kind,) = [kind for kind, key in SUBJECTS.items() if item.get(key)]
        if item.get("role") == "Admin" or item["permission"] not in (1, 2, 4):
            raise Conflict(400, message="invalid permission")
        return kind, item[SUBJECTS[kind]], item["permission"]

    def shown(self, uid):
        if uid not in self.boards:
            return None
        board = copy.deepcopy(self.boards[uid])
        folder = board.pop("folder")
        meta = {"folderUid": folder, "provisioned": uid in self.provisioned, "version": board["version"]}
        return {"dashboard": board, "meta": meta}

    def save(self, body):
        if self.before_save:
            hook, self.before_save = self.before_save, None
            hook()
        board, folder = body["dashboard"], body["folderUid"]
        uid = board["uid"]
        if folder not in self.folders:
            raise Conflict(400, message="folder not found")
        if uid in self.provisioned:
            raise Conflict(400, message="Cannot save provisioned dashboard")
        old = self.boards.get(uid)
        if old is not None and not body["overwrite"]:
            if board.get("id") is None or board.get("version") != old["version"]:
                text = "The dashboard has been changed by someone else"
                raise Conflict(412, status="version-mismatch", message=text)
        for other in self.boards.values():
            if (other["folder"], other["title"]) == (folder, board["title"]) and other["uid"] != uid:
                text = "A dashboard with the same name in the folder already exists"
                raise Conflict(412, status="name-exists", message=text)
        number = len(self.boards) + 1 if old is None else old["id"]
        version = 1 if old is None else old["version"] + 1
        stored = board | {"id": number, "version": version, "folder": folder}
        if self.migrates:
            stored["schemaVersion"] = stored["schemaVersion"] + 1
        self.boards[uid] = stored
        self.history.setdefault(uid, []).append({"version": version, "message": body.get("message", "")})
        return {"id": number, "uid": uid, "status": "success", "version": version}

    def edit(self, uid, **changes):
        """Somebody changes a board in the browser."""
        board = self.boards[uid] = self.boards[uid] | changes
        board["version"] += 1
        self.history[uid].append({"version": board["version"], "message": ""})

    def refusal(self, authorization, method, path):
        """Why a caller may not, as (status, body); None where it may."""
        password = base64.b64encode(b"admin:right").decode()
        if authorization not in (f"Bearer {TOKEN}", f"Basic {password}"):
            return 401, {"message": "Invalid API key"}
        if self.role != "Admin" and (method != "GET" or path.endswith("/permissions")):
            return 403, {"message": "You'll need additional permissions to perform this action."}
        return None


def handler(grafana):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.handle_one("GET")

        def do_POST(self):
            self.handle_one("POST")

        def handle_one(self, method):
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            address = urlsplit(self.path)
            with grafana.lock:
                grafana.requests.append((method, address.path))
                fault = grafana.faults.pop(0) if grafana.faults else None
                if isinstance(fault, tuple):
                    return self.reply(fault[0], {"message": "not now"}, fault[1])
                if fault != "drop":
                    status, answer = self.decide(method, address, body)
            if fault in ("drop", "lose"):
                self.close_connection = True
                return None
            return self.reply(status, answer)

        def decide(self, method, address, body):
            refused = grafana.refusal(self.headers.get("Authorization"), method, address.path)
            if refused:
                return refused
            try:
                return grafana.answer(method, address.path, parse_qs(address.query), body)
            except Conflict as conflict:
                return conflict.code, conflict.body

        def reply(self, status, answer, headers=()):
            text = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            for name, value in dict(headers).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *arguments):
            pass

    return Handler
